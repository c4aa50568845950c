-- Businesses that accounts send for. Like every table of what is registered: who owns it, a state, and all the rest in `facts`, of
-- which the columns that lists filter by are made.
create table compliance_profiles (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- PRIMARY, SECONDARY
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  entity_type text generated always as (facts->>'entityType') stored,
  vertical text generated always as (facts->>'vertical') stored
);
create index compliance_profiles_account on compliance_profiles (account_id, created_at desc, id);
create index compliance_profiles_subaccount on compliance_profiles (subaccount_id, created_at desc, id);
create index compliance_profiles_entity_type on compliance_profiles (account_id, entity_type, created_at desc);
create index compliance_profiles_vertical on compliance_profiles (account_id, vertical, created_at desc);
create unique index compliance_profiles_primary on compliance_profiles (account_id) where status = 'PRIMARY';
