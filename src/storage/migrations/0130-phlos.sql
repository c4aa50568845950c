-- Stored XML documents that a request runs (src/phlo).
create table phlos (
  phlo_id uuid primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null, -- the subaccount, or the account itself
  name text not null,
  from_number text, -- digits; null = each run names its own
  document text, -- XML with {{placeholders}}
  url text, -- in its place: where the document of an answered call is
  nodes jsonb not null, -- src/phlo/phlo.ts
  created_at timestamptz not null default now(),
  check ((document is null) <> (url is null))
);
create index phlos_account on phlos (account_id, created_at desc, phlo_id);

create table phlo_runs (
  run_id uuid primary key, -- version 7: the api_id of its request
  phlo_id uuid not null,
  account_id text not null references accounts (auth_id) on delete cascade,
  owner_id text not null,
  from_number text, -- whom its calls come from
  document text, -- what its calls run; null = they fetch it, or it was messages alone
  rooms text[] not null, -- 'node_id name' of the rooms that the document names
  call_ids uuid[] not null default '{}',
  message_ids uuid[] not null default '{}',
  created_at timestamptz not null
);
create index phlo_runs_phlo on phlo_runs (phlo_id, run_id);
create index phlo_runs_rooms on phlo_runs using gin (rooms);
create index phlo_runs_age on phlo_runs (created_at);

-- Transfers that a member of a multiparty call has begun: whom an abort sends away, and who is brought back.
create table phlo_transfers (
  mpc_id uuid not null,
  initiator text not null, -- its address
  call_id uuid not null, -- of the one who is called
  held text[] not null, -- members who hear the hold music meanwhile
  created_at timestamptz not null,
  primary key (mpc_id, initiator)
);
create index phlo_transfers_age on phlo_transfers (created_at);
