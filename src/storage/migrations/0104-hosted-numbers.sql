-- Letters of authorization, and the numbers of other providers that are hosted here for messaging on their strength.
create table letters_of_authorization (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- stored
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  alias text generated always as (facts->>'alias') stored
);
create index letters_of_authorization_account on letters_of_authorization (account_id, created_at desc, id);
create index letters_of_authorization_subaccount on letters_of_authorization (subaccount_id, created_at desc, id);
create index letters_of_authorization_alias on letters_of_authorization (account_id, alias);

create table hosted_numbers (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- pending, active, failed
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  alias text generated always as (facts->>'alias') stored,
  number text generated always as (facts->>'number') stored,
  loa_id text generated always as (facts->>'loaId') stored references letters_of_authorization (id) on delete cascade
);
create index hosted_numbers_account on hosted_numbers (account_id, created_at desc, id);
create index hosted_numbers_subaccount on hosted_numbers (subaccount_id, created_at desc, id);
create index hosted_numbers_alias on hosted_numbers (account_id, alias);
create index hosted_numbers_status on hosted_numbers (account_id, status, created_at desc);
create index hosted_numbers_loa on hosted_numbers (loa_id);
create unique index hosted_numbers_number on hosted_numbers (number) where status <> 'failed';
