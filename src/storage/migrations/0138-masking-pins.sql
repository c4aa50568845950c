-- PINs are sealed with the instance key, and found among others by a digest that takes the key too. Sessions of before keep theirs for
-- the time that they last.
alter table masking_sessions
  add column first_pin_digest bytea,
  add column second_pin_digest bytea;
-- Calls that a process did not live to see the end of.
create index masking_interactions_open on masking_interactions (started_at) where ended_at is null;
