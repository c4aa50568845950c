-- Which network the numbers of a range belong to, as the operator's ranges say: what prices by network go by, and what messages name.
create table networks (
  prefix text primary key, -- digits that numbers begin with; the longest decides
  mcc text not null,
  mnc text not null,
  name text not null default ''
);
alter table rates add column network text not null default ''; -- MCC-MNC such as 234-15; '' = by prefix alone
alter table rates drop constraint rates_pkey;
alter table rates add primary key (service, direction, prefix, network);
