-- The conference that a call was in, for its record.
alter table calls add column conference_id uuid;
