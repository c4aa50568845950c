-- What virtual phones received (carriers/simulator). Bounded: the newest 100,000 messages of the last seven days.
create table simulator_inbox (
  seq bigint generated always as identity primary key,
  message_id uuid not null,
  attempt smallint not null, -- a retry after a lost answer reaches a phone twice, as it does in a real network
  phone text not null,
  from_number text not null,
  service text not null,
  text text not null,
  media_urls jsonb not null,
  received_at timestamptz not null,
  unique (message_id, attempt)
);
create index simulator_inbox_phone on simulator_inbox (phone, seq desc);

-- Receipts and messages to own numbers that the simulator still has to hand over. A row is gone when storage has what it carries.
create table simulator_pending (
  id uuid primary key,
  due_at timestamptz not null,
  taken_until timestamptz not null, -- a process has it in memory until then; -infinity = nobody
  work jsonb not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index simulator_pending_due on simulator_pending (due_at);
