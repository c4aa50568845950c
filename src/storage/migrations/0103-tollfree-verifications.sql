-- Verifications of US and Canadian toll-free numbers for messaging.
create table tollfree_verifications (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- SUBMITTED, APPROVED, REJECTED, UPDATE_REQUIRED
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  profile_id text generated always as (facts->>'profileId') stored references compliance_profiles (id) on delete cascade,
  number text generated always as (facts->>'number') stored,
  usecase text generated always as (facts->>'usecase') stored
);
create index tollfree_verifications_account on tollfree_verifications (account_id, created_at desc, id);
create index tollfree_verifications_subaccount on tollfree_verifications (subaccount_id, created_at desc, id);
create index tollfree_verifications_profile on tollfree_verifications (profile_id);
create index tollfree_verifications_status on tollfree_verifications (account_id, status, created_at desc);
-- A number has one verification that is under way or has succeeded.
create unique index tollfree_verifications_number on tollfree_verifications (account_id, number) where status <> 'REJECTED';
