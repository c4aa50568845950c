-- Whom to tell of a recording that the process did not live to finish: the notification as it was known when the recording began.
alter table recordings add column told jsonb;
