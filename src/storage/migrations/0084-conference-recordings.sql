-- Recordings of conferences are found by the conference too: its name may be given again.
alter table recordings add column conference_id uuid;
create index recordings_conference on recordings (conference_id) where conference_id is not null;
create index recordings_conference_name on recordings (account_id, conference_name) where conference_name <> '';
