-- 10DLC: brands, campaigns, and the numbers linked to campaigns.
create table tendlc_brands (
  id text primary key, -- B and six letters or digits
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- PROCESSING, COMPLETED, FAILED
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  profile_id text generated always as (facts->>'profileId') stored references compliance_profiles (id) on delete cascade,
  brand_type text generated always as (facts->>'brandType') stored
);
create index tendlc_brands_account on tendlc_brands (account_id, created_at desc, id);
create index tendlc_brands_subaccount on tendlc_brands (subaccount_id, created_at desc, id);
create index tendlc_brands_status on tendlc_brands (account_id, status, created_at desc);
create index tendlc_brands_type on tendlc_brands (account_id, brand_type, created_at desc);
create unique index tendlc_brands_profile on tendlc_brands (profile_id);

create table tendlc_campaigns (
  id text primary key, -- C and six letters or digits
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- PROCESSING, ACTIVE, FAILED, EXPIRED
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  brand_id text generated always as (facts->>'brandId') stored references tendlc_brands (id) on delete cascade,
  usecase text generated always as (facts->>'usecase') stored,
  source text generated always as (facts->>'source') stored
);
create index tendlc_campaigns_account on tendlc_campaigns (account_id, created_at desc, id);
create index tendlc_campaigns_subaccount on tendlc_campaigns (subaccount_id, created_at desc, id);
create index tendlc_campaigns_brand on tendlc_campaigns (brand_id);
create index tendlc_campaigns_usecase on tendlc_campaigns (account_id, usecase, created_at desc);
create index tendlc_campaigns_status on tendlc_campaigns (account_id, status, created_at desc);
create index tendlc_campaigns_source on tendlc_campaigns (account_id, source, created_at desc);

create table tendlc_campaign_numbers (
  number text primary key references numbers (number) on delete cascade,
  campaign_id text not null references tendlc_campaigns (id) on delete cascade,
  status text not null, -- LINKING, LINKED, FAILED, UNLINKING
  url text,
  method text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index tendlc_campaign_numbers_campaign on tendlc_campaign_numbers (campaign_id, created_at, number);
