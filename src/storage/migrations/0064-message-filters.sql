-- Every filter of the message list finds its messages by index, also where hardly any message passes it: a walk through all messages
-- of the time asked for took 100 to 335 ms with a million of them.
--
-- A message passes through its ordinary states by updates in place, which end as soon as an indexed column changes. So the state is
-- not indexed; what is, are two columns that change only when a message leaves the ordinary way. PostgreSQL compares values: a column
-- that is computed again to the same value keeps the update in place.

-- Still in a passing state long after it was accepted (messaging/lingering-store.ts), so perhaps there for good.
alter table messages add column lingers boolean not null default false;
-- Where a message stands that did not end as most do; '' = delivered, or on its way.
alter table messages add column standing text not null generated always as (
  case when state in ('failed', 'undelivered', 'read') or (lingers and state in ('sent', 'received')) then state else '' end) stored;
alter table messages add column fault_code text generated always as (nullif(error_code, '000')) stored;

-- `nulls first` makes no difference to the rows, for an id is never null, but to the planner: the list asks for `id desc nulls last`,
-- which no index of ids alone can give. Such an index looked cheaper to it where a value was taken for frequent, and was walked to its end.
create index messages_standing on messages (account_id, direction, service, standing, id nulls first);
create index messages_fault on messages (account_id, fault_code, id nulls first) where fault_code is not null;
create index messages_country on messages (account_id, country, id nulls first);
create index messages_subaccount on messages (account_id, owner_id, id nulls first) where owner_id <> account_id;
create index messages_powerpack on messages (account_id, powerpack_id, id nulls first) where powerpack_id is not null;
create index messages_campaign on messages (account_id, campaign_id, id nulls first) where campaign_id is not null;
create index messages_campaign_status on messages (account_id, campaign_status, id nulls first) where campaign_status is not null;
create index messages_conversation on messages (account_id, (details -> 'conversation' ->> 'id'), id nulls first)
  where service = 'whatsapp';
create index messages_origin on messages (account_id, (details -> 'conversation' ->> 'origin'), id nulls first)
  where service = 'whatsapp';
drop index messages_to;
drop index messages_from;
create index messages_to on messages (account_id, to_number, id nulls first);
create index messages_from on messages (account_id, from_number, id nulls first);

-- Lingering messages with ids below this have been marked.
create table lingering_mark (
  single boolean primary key default true check (single),
  first_unmarked uuid not null
);
