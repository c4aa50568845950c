-- What accounts were charged for beside messages, calls and multiparty calls, whose own records are the entries; and what they were
-- credited. A key is charged once, whoever asks again.
create table ledger_entries (
  entry_key text primary key, -- rent:14155550100:2026-12-01, transcription:<recording>:<milliseconds>, credit:<key of the operator>, ...
  account_id text not null, -- the main account, which pays
  owner_id text not null, -- the subaccount, or the account itself
  kind text not null,
  amount_micros bigint not null, -- what the balance went down by; credit is negative
  detail text not null default '',
  at timestamptz not null
);
create index ledger_entries_account on ledger_entries (account_id, at desc, entry_key);
create index ledger_entries_age on ledger_entries (at);

-- What was spent in a day (UTC). Written by the statement that takes it from the balance, so both always agree.
create table spend (
  scope_id text not null, -- a subaccount; or an account, together with its subaccounts
  day date not null,
  kind text not null, -- sms, mms, whatsapp, call, rent, ...
  amount_micros bigint not null,
  charges bigint not null,
  primary key (scope_id, day, kind)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
create index spend_age on spend (day);

-- Crossings that have been told, so that each is told once. A balance that rises above its threshold again leaves.
create table spend_alerts (
  scope_id text not null references accounts (auth_id) on delete cascade,
  period text not null, -- day:2026-11-21, month:2026-11, balance
  threshold bigint not null, -- per cent of the limit; micro-units of a balance
  at timestamptz not null,
  primary key (scope_id, period, threshold)
);
create index accounts_watched on accounts (auth_id) where settings ? 'spend';

-- Rent has not been charged so far, nor renewal dates moved: nobody pays for the months before.
update numbers set renewal_date = (renewal_date + make_interval(months =>
  (extract(year from age(current_date, renewal_date)) * 12 + extract(month from age(current_date, renewal_date)))::int + 1))::date
where account_id is not null and renewal_date <= current_date;
create index numbers_rent_due on numbers (renewal_date) where account_id is not null and renewal_date is not null;
