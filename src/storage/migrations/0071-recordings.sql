-- Recordings. The id is random (version 4), because whoever knows it may fetch the file. A row exists before its file and goes after
-- it, so that no file is without a row.
create table recordings (
  recording_id uuid primary key,
  account_id text not null,
  owner_id text not null,
  call_id uuid not null,
  node text not null, -- who writes the file
  type text not null, -- call, conference
  conference_name text not null default '',
  format text not null, -- mp3, wav
  channels text not null, -- mono, stereo
  from_number text not null,
  to_number text not null,
  state text not null default 'recording', -- recording, available, removing
  size bigint not null default 0,
  duration_ms bigint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz,
  added_at timestamptz not null -- when it began, then when it was finished: what lists go by
);
create index recordings_account on recordings (account_id, added_at, recording_id);
create index recordings_call on recordings (call_id);
create index recordings_open on recordings (node) where state <> 'available';
create index recordings_age on recordings (added_at);

create table endpoints (
  endpoint_id text primary key, -- 14 decimal digits
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  app_id text references applications (app_id) on delete set null,
  username text not null unique, -- with its suffix: what registers
  alias text not null,
  -- RFC 7616 hashes of username, realm and password; the password itself is nowhere.
  ha1_md5 text not null,
  ha1_sha256 text not null,
  created_at timestamptz not null
);
create index endpoints_account on endpoints (account_id, created_at desc, endpoint_id);
create index endpoints_application on endpoints (app_id) where app_id is not null;

create table verified_caller_ids (
  account_id text not null references accounts (auth_id) on delete cascade,
  phone_number text not null, -- digits
  subaccount_id text references accounts (auth_id) on delete set null,
  verification_id uuid not null,
  alias text not null,
  country text not null,
  channel text not null, -- sms, call
  created_at timestamptz not null,
  modified_at timestamptz not null,
  primary key (account_id, phone_number)
);

-- Codes on their way. One number of an account has one at a time: a newer one takes the place of the older.
create table caller_id_verifications (
  verification_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  phone_number text not null,
  subaccount_id text references accounts (auth_id) on delete cascade,
  alias text not null,
  country text not null,
  channel text not null,
  code_hash bytea not null,
  attempts smallint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  unique (account_id, phone_number)
);
create index caller_id_verifications_age on caller_id_verifications (expires_at);

create table call_feedback (
  call_id uuid primary key,
  account_id text not null,
  rating real not null,
  issues text[] not null,
  notes text not null,
  given_at timestamptz not null
);
create index call_feedback_age on call_feedback (given_at);
