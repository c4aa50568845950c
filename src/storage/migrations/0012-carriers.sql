-- What `ringdown apply` brings in beside accounts and numbers: carriers, the routes to them, prices. The file is the authority
-- for these tables: what it no longer names is removed.

create table carriers (
  name text primary key,
  kind text not null,
  position integer not null, -- order in the file
  options text not null -- sealed JSON: URLs and options hold passwords
);

create table routes (
  service text not null, -- sms, mms, whatsapp, voice
  prefix text not null, -- digits the destination begins with; '' = every destination
  priority integer not null default 0, -- among routes of equal prefix the highest is asked first
  carriers text[] not null, -- in the order of failover
  failover_codes text[] not null default '{}', -- message error codes after which the next carrier is tried
  primary key (service, prefix, priority)
);

create table rates (
  service text not null,
  direction text not null, -- outbound, inbound
  prefix text not null,
  network text not null default '', -- MCC-MNC such as 310-410; '' = every network
  rate_micros bigint not null,
  fee_micros bigint not null default 0,
  primary key (service, direction, prefix, network)
);

create table carrier_costs (
  carrier text not null references carriers (name) on delete cascade,
  service text not null,
  prefix text not null,
  cost_micros bigint not null,
  primary key (carrier, service, prefix)
);

-- Credit that the configuration has granted so far: raising `balance` in the file credits the difference once.
alter table accounts add column granted_micros bigint not null default 0;

-- Usage prices that number objects show.
alter table numbers
  add column sms_rate_micros bigint not null default 0,
  add column mms_rate_micros bigint not null default 0,
  add column voice_rate_micros bigint not null default 0;
