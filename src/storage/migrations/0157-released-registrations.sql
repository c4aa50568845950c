-- A hosted number that its account gave up is disconnected, and is in nobody's way: it may be hosted again.
drop index hosted_numbers_number;
create unique index hosted_numbers_number on hosted_numbers (number) where status in ('pending', 'active');
update hosted_numbers h set status = 'disconnected', updated_at = now()
  where h.status = 'active' and not exists (select from numbers n where n.number = h.number and n.account_id = h.account_id);

-- The verification of a toll-free number goes with the number: whoever rents it the next time asks anew.
delete from tollfree_verifications v
  where v.status <> 'REJECTED' and not exists (select from numbers n where n.number = v.number and n.account_id = v.account_id);
