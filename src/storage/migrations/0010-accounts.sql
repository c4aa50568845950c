-- Values of the whole installation that are made once: the operator token (sealed), the first account.
create table settings (
  name text primary key,
  value text not null
);

-- Main accounts (MA..., parent_id null) and subaccounts (SA...).
create table accounts (
  auth_id text primary key,
  parent_id text references accounts (auth_id) on delete cascade,
  auth_token text not null, -- sealed
  name text not null,
  address text not null default '',
  city text not null default '',
  state text not null default '',
  timezone text not null default 'UTC',
  enabled boolean not null default true,
  account_type text not null default 'standard',
  billing_mode text not null default 'prepaid',
  auto_recharge boolean not null default false,
  balance_micros bigint not null default 0,
  credit_lock_until timestamptz,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  modified_at timestamptz
);
create index accounts_parent on accounts (parent_id) where parent_id is not null;

create table applications (
  app_id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  name text not null,
  answer_url text not null default '',
  answer_method text not null default 'POST',
  hangup_url text not null default '',
  hangup_method text not null default 'POST',
  fallback_answer_url text not null default '',
  fallback_method text not null default 'POST',
  message_url text not null default '',
  message_method text not null default 'POST',
  default_number_app boolean not null default false,
  default_endpoint_app boolean not null default false,
  public_uri boolean not null default false,
  log_incoming_messages boolean not null default true,
  created_at timestamptz not null default now()
);
create index applications_account on applications (account_id, created_at desc);
create unique index applications_default_number on applications (account_id) where default_number_app;
create unique index applications_default_endpoint on applications (account_id) where default_endpoint_app;

create table incoming_carriers (
  carrier_id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  name text not null,
  ip_set text not null,
  sms boolean not null default false,
  voice boolean not null default true,
  created_at timestamptz not null default now()
);
create index incoming_carriers_account on incoming_carriers (account_id, created_at desc);

-- Numbers of accounts, and (account_id null) the inventory that the operator offers for sale.
create table numbers (
  number text primary key, -- digits with country code, or a short code
  account_id text references accounts (auth_id) on delete set null,
  subaccount_id text references accounts (auth_id) on delete set null,
  app_id text references applications (app_id) on delete set null,
  carrier_id text references incoming_carriers (carrier_id) on delete set null,
  carrier text, -- name of the carrier in the configuration that the number lives on
  alias text,
  country_iso text not null,
  type text not null, -- local, national, fixed, mobile, tollfree, shortcode
  city text,
  region text,
  rate_center text,
  lata integer,
  prefix text,
  sms_enabled boolean not null default true,
  mms_enabled boolean not null default false,
  voice_enabled boolean not null default true,
  setup_micros bigint not null default 0,
  monthly_micros bigint not null default 0,
  restriction text,
  restriction_text text,
  cnam_lookup text,
  details jsonb not null default '{}',
  from_inventory boolean not null default false, -- goes back on sale when it is unrented
  added_at timestamptz,
  renewal_date date
);
create index numbers_account on numbers (account_id, added_at desc, number) where account_id is not null;
create index numbers_for_sale on numbers (country_iso, type, number) where account_id is null;
