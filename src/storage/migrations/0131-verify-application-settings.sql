-- What the operator decides for a Verify application besides.
alter table verify_applications
  add column channels text[] not null default '{sms,voice}', -- those that may be asked for; the first is taken where none is
  add column locale text not null default 'en_US';
