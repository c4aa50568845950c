-- A PHLO that takes what comes in for the numbers of a Powerpack, in the place of an application.
alter table powerpacks add column phlo_id uuid references phlos (phlo_id) on delete set null;
create index powerpacks_phlo on powerpacks (phlo_id) where phlo_id is not null;
