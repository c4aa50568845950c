-- The number of a pool that a destination knows already; gone when the number leaves the pool.
create table sticky_senders (
  pool_id uuid not null,
  destination text not null, -- digest of the number: recipients of redacted messages are not kept
  number text not null,
  since timestamptz not null,
  primary key (pool_id, destination),
  foreign key (pool_id, number) references pool_numbers (pool_id, number) on delete cascade
);
create index sticky_senders_number on sticky_senders (pool_id, number);
