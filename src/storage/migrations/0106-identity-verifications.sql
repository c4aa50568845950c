-- Addresses and identities that accounts have verified.
create table address_verifications (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- pending, accepted, rejected
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index address_verifications_account on address_verifications (account_id, created_at desc, id);
create index address_verifications_subaccount on address_verifications (subaccount_id, created_at desc, id);

create table identity_verifications (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- pending, accepted, rejected
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index identity_verifications_account on identity_verifications (account_id, created_at desc, id);
create index identity_verifications_subaccount on identity_verifications (subaccount_id, created_at desc, id);
