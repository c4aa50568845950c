-- What happened to a message or call and stands in no other table: problems in an answer's XML, numbers nobody has.
create table timeline_notes (
  subject_id uuid not null,
  at timestamptz not null,
  event text not null,
  detail jsonb not null
) partition by range (subject_id);
create index timeline_notes_subject on timeline_notes (subject_id);
create table timeline_notes_default partition of timeline_notes default;
