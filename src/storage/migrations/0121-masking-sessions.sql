-- Number masking: two parties reach each other by a number that is neither's (src/masking).
create table masking_sessions (
  session_id uuid primary key, -- version 7
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null, -- the subaccount, or the account itself
  virtual_number text not null,
  first_party text, -- null: the other party of a session with a single one
  second_party text,
  last_caller text, -- of such a session: whom its party reaches
  state text not null, -- src/masking/session-machine.ts
  pin_required boolean not null,
  first_pin text,
  second_pin text,
  plan jsonb not null, -- src/masking/session.ts
  callback_url text,
  callback_method text not null,
  notices integer not null default 0, -- callbacks sent so far
  created_at timestamptz not null,
  modified_at timestamptz not null,
  expires_at timestamptz not null,
  -- Until then no other session with one of its parties gets the number.
  free_at timestamptz not null
);
create index masking_sessions_number on masking_sessions (virtual_number, free_at);
create index masking_sessions_expiry on masking_sessions (expires_at) where state = 'active';
create index masking_sessions_account on masking_sessions (account_id, created_at desc, session_id);
create index masking_sessions_owner on masking_sessions (owner_id, created_at desc, session_id);
create index masking_sessions_age on masking_sessions (created_at);

-- One call between the parties of a session: two legs, which have records of their own.
create table masking_interactions (
  first_call_id uuid primary key,
  session_id uuid not null references masking_sessions (session_id) on delete cascade,
  second_call_id uuid,
  recording_id uuid,
  first_status text not null,
  second_status text not null,
  duration_seconds integer not null default 0,
  billed_seconds integer not null default 0,
  amount_micros bigint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz
);
create index masking_interactions_session on masking_interactions (session_id, started_at);
