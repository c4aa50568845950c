-- Powerpacks: a pool of numbers, and the rules by which a message gets its sender from it (src/messaging/powerpacks).
create table powerpacks (
  powerpack_id uuid primary key,
  pool_id uuid not null unique,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete cascade,
  name text not null,
  sticky_sender boolean not null,
  local_connect boolean not null,
  app_id text references applications (app_id) on delete set null, -- takes what comes in for the numbers of the pool
  number_priority jsonb not null, -- src/messaging/powerpacks/powerpack.ts
  created_at timestamptz not null
);
create unique index powerpacks_name on powerpacks (account_id, coalesce(subaccount_id, ''), name);
create index powerpacks_account on powerpacks (account_id, created_at desc, powerpack_id);
create index powerpacks_subaccount on powerpacks (subaccount_id) where subaccount_id is not null;
create index powerpacks_application on powerpacks (app_id) where app_id is not null;
