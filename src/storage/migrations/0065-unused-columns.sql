-- Nothing ever wrote a time before which a queued message must not go: retries wait in memory.
alter table outbox drop column not_before;

-- The network that a number belongs to is known to nobody before the message is sent (numbers are ported), so no price could go by it.
delete from rates where network <> '';
alter table rates drop column network;
alter table rates add primary key (service, direction, prefix);
