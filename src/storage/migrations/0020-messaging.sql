-- Message ids are UUID version 7, so a range of ids is a range of time: tables that grow for ever are partitioned by it,
-- weekly (src/storage/partitions.ts), and retention drops partitions.

create table messages (
  id uuid not null primary key,
  account_id text not null,
  owner_id text not null, -- the subaccount, or the account itself
  direction text not null,
  service text not null,
  state text not null,
  from_number text not null,
  to_number text not null, -- masked when the log setting says so
  country text,
  network text not null default '',
  mcc text,
  mnc text,
  units smallint not null,
  rate_micros bigint not null,
  amount_micros bigint not null,
  fee_rate_micros bigint not null default 0,
  fee_micros bigint not null default 0,
  error_code text,
  log text not null default 'true',
  text text, -- null when it may not be kept, or after its retention
  requester_ip text,
  is_domestic boolean not null default false,
  replaced_sender text,
  powerpack_id text,
  campaign_id text,
  campaign_status text,
  application_id text,
  intent text,
  expiry_seconds integer not null default 10800,
  trackable boolean not null default false,
  callback_url text,
  callback_method text not null default 'POST',
  callbacks smallint not null default 0, -- status callbacks sent so far: the next Sequence is one more
  details jsonb, -- DLT ids, conversation, structured WhatsApp content, conversion feedback
  transitions jsonb not null, -- [[milliseconds, state, cause], ...]
  created_at timestamptz not null,
  queued_at timestamptz,
  sent_at timestamptz,
  final_at timestamptz,
  updated_at timestamptz not null
) partition by range (id);
create index messages_account on messages (account_id, id);
create table messages_default partition of messages default with (fillfactor = 70);

-- One row for each message that no carrier has taken yet: the queue. Written in the transaction that accepts the message,
-- gone in the one that records the carrier's answer.
create table outbox (
  message_id uuid primary key,
  account_id text not null,
  sender text not null,
  node text, -- who has it in hand; null = waiting in the table
  in_flight boolean not null default false, -- handed to a carrier: an answer may be lost if that node dies
  not_before timestamptz not null default '-infinity',
  expires_at timestamptz not null,
  attempt smallint not null default 0,
  tried text[] not null default '{}', -- carriers that failed permanently for it
  pending_parts smallint[], -- what a partly accepted message still has to submit; null = all
  payload jsonb not null -- what a carrier needs, whole even where the record is redacted
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index outbox_waiting on outbox (account_id, message_id) where node is null;
create index outbox_expiry on outbox (expires_at) where node is null;

-- One row for each part of each attempt on a carrier, with what became of it.
create table attempts (
  message_id uuid not null,
  attempt smallint not null,
  part smallint not null,
  carrier text not null,
  link text not null,
  submitted_at timestamptz not null,
  answered_at timestamptz not null,
  outcome text not null,
  carrier_message_id text,
  error_code text,
  summary text not null,
  cost_micros bigint not null default 0,
  primary key (message_id, attempt, part)
) partition by range (message_id);
create index attempts_carrier_id on attempts (carrier_message_id, carrier) where carrier_message_id is not null;
create table attempts_default partition of attempts default;

create table receipts (
  message_id uuid not null,
  received_at timestamptz not null,
  part smallint not null,
  carrier text not null,
  link text not null,
  carrier_message_id text not null,
  state text not null,
  error_code text not null,
  detail text not null
) partition by range (message_id);
create index receipts_message on receipts (message_id);
create table receipts_default partition of receipts default;

-- Receipts whose submit response has not been recorded yet. Matched when it is, swept, and dropped after three days.
create table orphan_receipts (
  id bigint generated always as identity primary key,
  carrier text not null,
  carrier_message_id text not null,
  received_at timestamptz not null,
  receipt jsonb not null
);
create index orphan_receipts_key on orphan_receipts (carrier_message_id, carrier);

create table opt_outs (
  source text not null,
  subscriber text not null,
  account_id text not null,
  since timestamptz not null,
  acknowledged_at timestamptz, -- the one acknowledgement that may still go out has gone
  primary key (source, subscriber, account_id)
);

-- Parts of long inbound messages, until all are here.
create table inbound_parts (
  carrier text not null,
  source text not null,
  destination text not null,
  reference integer not null,
  total smallint not null,
  part smallint not null,
  received_at timestamptz not null,
  content bytea not null,
  details jsonb not null default '{}',
  primary key (carrier, source, destination, reference, total, part)
);
create index inbound_parts_age on inbound_parts (received_at);

-- API requests that were answered with "async api spawned" and are run afterwards.
create table async_requests (
  id uuid primary key,
  auth_id text not null,
  by_main_account boolean not null,
  command text not null,
  parameters jsonb not null,
  requester_ip text not null,
  callback_url text not null,
  callback_method text not null,
  node text not null,
  created_at timestamptz not null
);

-- What the day's and hour's limits count.
create table usage_counters (
  scope text not null, -- sender:14155550100, country:MA...:US
  period timestamptz not null,
  used bigint not null,
  primary key (scope, period)
);
create index usage_counters_period on usage_counters (period);

-- Processes that share this database. One that has not been seen for a while is dead, and its work is taken over.
create table nodes (
  id uuid primary key,
  seen_at timestamptz not null
);
