-- Audio streams of calls. A row is made before the socket is opened.
create table streams (
  stream_id uuid primary key,
  account_id text not null,
  owner_id text not null,
  call_id uuid not null,
  node text not null, -- who runs it
  plan jsonb not null, -- what was asked for: src/voice/streams/stream-plan.ts
  state text not null, -- connecting, streaming, stopped, dropped
  end_reason text,
  created_at timestamptz not null,
  started_at timestamptz, -- the socket stood
  ended_at timestamptz
);
create index streams_call on streams (call_id, created_at);
create index streams_open on streams (node) where ended_at is null;
create index streams_age on streams (created_at);
