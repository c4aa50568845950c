-- Legs of calls that have not ended: waiting for their turn to be dialled, or in the hands of a node. A leg that ends leaves this
-- table and enters `calls` in one transaction, so whoever takes it away closes it, once. States of a leg in hand change in columns
-- that no index holds.
create table live_calls (
  call_id uuid primary key, -- version 7
  account_id text not null, -- the main account
  owner_id text not null, -- the subaccount, or the account itself
  node text, -- who has it in hand; null = waiting in the table
  state text not null, -- queued, dialing, ringing, answered
  direction text not null,
  from_number text not null,
  to_number text not null,
  caller_name text not null,
  request_id uuid, -- of the API request that made it
  parent_call_id uuid, -- the leg whose Dial made it
  application_id text,
  endpoint_id text,
  trunk text,
  rate_micros bigint not null, -- a minute
  minimum_seconds integer not null, -- billed at least, once answered
  increment_seconds integer not null, -- and in steps of this
  stir_verification text not null,
  stir_attestation text not null,
  source_ip text,
  options jsonb not null, -- what is needed to dial it, and to tell of its end when its process has died
  initiated_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index live_calls_waiting on live_calls (account_id, call_id) where node is null;
create index live_calls_taken on live_calls (account_id, call_id) where node is not null;

-- Legs that have ended: the call detail records. Written once and never changed, so each index costs one entry a call.
create table calls (
  call_id uuid not null primary key,
  account_id text not null,
  owner_id text not null,
  direction text not null,
  from_number text not null,
  to_number text not null,
  caller_name text not null,
  request_id uuid,
  parent_call_id uuid,
  application_id text,
  endpoint_id text,
  trunk text,
  carrier_failover boolean not null, -- the trunk tried first had failed
  carrier_cost_micros bigint not null,
  rate_micros bigint not null,
  minimum_seconds integer not null, -- billed at least, once answered
  increment_seconds integer not null, -- and in steps of this
  amount_micros bigint not null,
  bill_seconds integer not null, -- from answer to end, rounded up to a second
  billed_seconds integer not null, -- rounded up to the increment
  hangup_code smallint not null,
  hangup_cause text not null, -- telephony name: NORMAL_CLEARING, USER_BUSY, ...
  hangup_source text not null,
  sip_status smallint,
  stir_verification text not null,
  stir_attestation text not null,
  source_ip text,
  initiated_at timestamptz not null,
  ringing_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz not null
) partition by range (call_id);
create index calls_account on calls (account_id, ended_at, call_id);
create index calls_to on calls (account_id, to_number text_pattern_ops, ended_at);
create index calls_from on calls (account_id, from_number text_pattern_ops, ended_at);
create index calls_parent on calls (parent_call_id) where parent_call_id is not null;
create table calls_default partition of calls default;

-- When the call engine of a node was last known to run: what the calls of a dead one are billed up to.
create table call_engines (
  node text primary key,
  active_at timestamptz not null
);

-- Voice is priced by time: billed at least so many seconds, then in steps of so many. Null for services that have neither.
alter table rates
  add column minimum_seconds integer,
  add column increment_seconds integer;
