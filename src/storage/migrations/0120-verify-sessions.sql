-- Sessions that show a number to be its user's by a code (src/verification). The code itself is nowhere: it is made of the instance key
-- when it is sent, and compared by its digest.
create table verify_applications (
  app_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  alias text not null,
  brand_name text not null,
  code_length smallint not null,
  expiry_seconds integer not null,
  max_attempts smallint not null, -- codes sent in one session
  template text, -- with ${code}, ${brand_name} and ${expiry_time}; null = the text of the locale
  app_hash text, -- of an Android application
  is_default boolean not null,
  created_at timestamptz not null
);
create unique index verify_applications_default on verify_applications (account_id) where is_default;
create index verify_applications_account on verify_applications (account_id);

create table verify_sessions (
  session_id uuid primary key, -- version 7
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null, -- the subaccount, or the account itself
  app_id uuid not null,
  alias text not null, -- of the application, as it was
  recipient text not null,
  country text not null,
  channel text not null, -- last used: sms, voice
  locale text not null,
  brand_name text not null,
  app_hash text,
  state text not null, -- src/verification/session-machine.ts
  code_digest bytea not null,
  code_length smallint not null,
  attempts smallint not null, -- codes sent
  validations smallint not null default 0, -- codes tried that were wrong
  callback_url text,
  callback_method text not null,
  requester_ip text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- One session of a recipient at a time.
create unique index verify_sessions_open on verify_sessions (owner_id, app_id, recipient) where state = 'in-progress';
create index verify_sessions_expiry on verify_sessions (expires_at) where state = 'in-progress';
create index verify_sessions_account on verify_sessions (account_id, created_at desc, session_id);
create index verify_sessions_owner on verify_sessions (owner_id, created_at desc, session_id);
create index verify_sessions_recipient on verify_sessions (account_id, recipient, created_at desc);
create index verify_sessions_age on verify_sessions (created_at);

-- A code that was sent. The id is that of its message or call, which know how it went and what it cost.
create table verify_attempts (
  attempt_id uuid primary key,
  session_id uuid not null references verify_sessions (session_id) on delete cascade,
  sequence smallint not null, -- from 1
  channel text not null,
  details jsonb not null, -- what the request asked of this attempt: src/verification/session.ts
  created_at timestamptz not null,
  unique (session_id, sequence)
);
