-- SIP trunks between accounts' own telephone systems and this server (src/trunking).
create table trunk_uris (
  uri_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null, -- the subaccount, or the account itself
  name text not null,
  uri text not null, -- host, host:port or user@host
  username text,
  password text, -- sealed
  created_at timestamptz not null
);
create table trunk_credentials (
  credential_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null,
  name text not null,
  username text not null,
  ha1_md5 text not null,
  ha1_sha256 text not null,
  created_at timestamptz not null
);
create table trunk_ip_lists (
  ip_list_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null,
  name text not null,
  addresses text[] not null, -- or networks
  created_at timestamptz not null
);
create table customer_trunks (
  trunk_id text primary key, -- decimal digits
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null,
  name text not null,
  direction text not null, -- as the account's telephone system sees it: inbound, outbound
  enabled boolean not null,
  ip_list_id uuid references trunk_ip_lists (ip_list_id),
  credential_id uuid references trunk_credentials (credential_id),
  primary_uri_id uuid references trunk_uris (uri_id),
  fallback_uri_id uuid references trunk_uris (uri_id),
  created_at timestamptz not null
);
create index trunk_uris_account on trunk_uris (account_id, created_at desc);
create index trunk_credentials_account on trunk_credentials (account_id, created_at desc);
create index trunk_ip_lists_account on trunk_ip_lists (account_id, created_at desc);
create index customer_trunks_account on customer_trunks (account_id, created_at desc);

-- Calls to the number go over the trunk instead of to an application.
alter table numbers add column trunk_id text references customer_trunks (trunk_id) on delete set null;
create index numbers_trunk on numbers (trunk_id) where trunk_id is not null;
