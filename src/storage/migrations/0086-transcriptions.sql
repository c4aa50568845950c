-- Transcriptions of recordings, one a recording, from the moment one is asked for: that may be before the recording has ended. The
-- row is the job as well.
create table transcriptions (
  recording_id uuid primary key references recordings (recording_id) on delete cascade,
  account_id text not null,
  owner_id text not null,
  call_id uuid not null,
  state text not null, -- waiting, done, failed
  report_type text not null, -- compact, full
  callback_url text,
  callback_method text,
  attempts smallint not null default 0,
  due_at timestamptz not null, -- not tried before
  node text, -- who works on it, until lease_until unless that is put off
  lease_until timestamptz,
  segments jsonb, -- what was said: src/voice/transcription/transcription.ts
  error text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index transcriptions_due on transcriptions (due_at) where state = 'waiting';
create index transcriptions_node on transcriptions (node) where node is not null;
