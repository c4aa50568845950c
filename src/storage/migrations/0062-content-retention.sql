-- How far the texts of messages have been blanked (messaging/content-retention-store.ts): for all accounts together under '', and one
-- by one for those that have, or once had, a retention of their own.
create table content_retention (
  account_id text primary key,
  days integer not null,
  blanked_until timestamptz not null
);
