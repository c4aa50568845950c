-- Parts of long inbound messages (carriers/smpp/postgres-part-store.ts). Nothing was ever written to the table of 0020: it had no
-- place for two messages under one reference, nor for what tells a repeated part.
drop table inbound_parts;

create sequence inbound_part_sets;

create table inbound_parts (
  set_id bigint not null,
  part smallint not null,
  total smallint not null,
  carrier text not null,
  source text not null,
  destination text not null,
  reference integer not null,
  link text not null,
  data_coding smallint not null,
  octets bytea not null,
  digest bytea not null,
  received_at timestamptz not null,
  collecting boolean not null default true, -- false: the reference has come round again, or the set is being delivered as it is
  taken_until timestamptz not null default '-infinity', -- somebody is handing the set over
  primary key (set_id, part)
);
create index inbound_parts_key on inbound_parts (carrier, source, destination, reference, total) where collecting;
create index inbound_parts_age on inbound_parts (carrier, received_at);

-- Parts that have been handed over, for the time in which they may be repeated: digests only, no number and no text.
create table inbound_parts_done (
  digest bytea primary key,
  completed_at timestamptz not null
);
create index inbound_parts_done_age on inbound_parts_done (completed_at);
