-- What streams, transcriptions and verifications were charged with: their own rows are the entries of the ledger.
alter table streams add column amount_micros bigint not null default 0;
alter table transcriptions
  add column rate_micros bigint not null default 0, -- a minute
  add column amount_micros bigint not null default 0;
alter table verify_sessions add column validation_micros bigint not null default 0;

-- Recordings pay for their storage from a time on, month by month; null = not before the price list has a price for it.
alter table recordings add column storage_months integer not null default 0; -- charged so far
create index recordings_added on recordings (added_at) where state = 'available';
