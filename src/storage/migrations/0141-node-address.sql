-- Where other nodes reach this one with requests about what it has: a base URL. Null: nowhere yet.
alter table nodes add column address text;
