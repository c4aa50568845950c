-- Numbers in the pools of Powerpacks. A number leaves when it leaves the account (src/numbers/release-store.ts).
create table pool_numbers (
  pool_id uuid not null references powerpacks (pool_id) on delete cascade,
  number text not null references numbers (number) on delete cascade,
  listed text not null, -- number, tollfree, shortcode: the list that it was added to
  mms boolean not null, -- added for MMS; toll-free numbers and short codes go by their own ability
  short_code_country text, -- of a short code: a pool has at most one of each country
  added_at timestamptz not null,
  primary key (pool_id, number)
);
create index pool_numbers_number on pool_numbers (number, added_at desc);
create index pool_numbers_listed on pool_numbers (pool_id, listed, added_at desc, number);
create unique index pool_numbers_short_code on pool_numbers (number) where listed = 'shortcode';
create unique index pool_numbers_short_code_country on pool_numbers (pool_id, short_code_country) where listed = 'shortcode';
