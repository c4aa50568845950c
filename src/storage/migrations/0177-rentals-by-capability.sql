-- The cheapest number for sale of each type, by what it can do.
drop index numbers_for_sale_price;
create index numbers_for_sale_price on numbers
  (country_iso, type, voice_enabled, sms_enabled, mms_enabled, monthly_micros, setup_micros) where account_id is null;
