-- Early receipts are looked through by age: after minutes nobody expects their message any more, after three days they are dropped.
create index orphan_receipts_age on orphan_receipts (received_at);
