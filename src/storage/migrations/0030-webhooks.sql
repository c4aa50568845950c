-- Every webhook with what it said, for the timeline. Values of sensitive parameters are blanked when it ends.
-- Written once and updated once; the index is on columns that never change.
create table webhooks (
  id uuid not null,
  subject_id uuid not null, -- the message or call
  account_id text not null,
  kind text not null,
  url text not null,
  method text not null,
  content text not null, -- JSON: payload and the names of its sensitive parameters
  created_at timestamptz not null,
  ended_at timestamptz,
  result text, -- delivered | failed, null while it is in the queue
  primary key (subject_id, id)
) partition by range (id);
create table webhooks_default partition of webhooks default with (fillfactor = 70);

create table webhook_attempts (
  webhook_id uuid not null,
  attempt smallint not null, -- 1 for the first
  started_at timestamptz not null,
  latency_ms integer not null,
  status smallint, -- HTTP status, null when there was no answer
  error text,
  response text, -- the beginning of the answer
  next_attempt_at timestamptz,
  primary key (webhook_id, attempt)
) partition by range (webhook_id);
create table webhook_attempts_default partition of webhook_attempts default;

-- One row for each webhook that has not ended. due_at is the moment from which any node may take it: for a row that a node
-- has in hand that is the end of its lease.
create table webhook_queue (
  subject_id uuid not null,
  id uuid not null,
  origin text not null, -- scheme, host and port of the target
  due_at timestamptz not null,
  node text, -- who has it in hand, and since which start of it
  epoch bigint,
  attempts smallint not null default 0,
  primary key (subject_id, id)
) with (fillfactor = 70);
create index webhook_queue_due on webhook_queue (due_at);
