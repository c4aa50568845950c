-- Whether the caller was looked up by name: enabled, disabled; '' where no number was called.
alter table calls add column cnam_lookup text not null default '';
