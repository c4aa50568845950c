-- Multiparty calls and their participants, live and ended. A row is made with the first participant or invitation; whoever sets
-- `ended_at` closes it, once.
create table multiparty_calls (
  mpc_id uuid primary key, -- version 7
  account_id text not null,
  owner_id text not null,
  node text not null, -- who runs it
  name text not null,
  state text not null, -- initialized, active, ended
  recording text not null, -- recording, not-recording, paused
  stay_alone boolean not null,
  max_participants integer not null,
  max_duration_ms integer not null,
  status_callback jsonb, -- who is told of its end when its process has died
  sequence integer not null, -- of what was told last
  rate_micros bigint not null, -- a minute of a participant
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  billed_seconds integer,
  amount_micros bigint,
  termination_code smallint
);
create index multiparty_calls_account on multiparty_calls (account_id, created_at, mpc_id);
create index multiparty_calls_end on multiparty_calls (account_id, ended_at, mpc_id);
create index multiparty_calls_name on multiparty_calls (account_id, name, mpc_id);
create index multiparty_calls_live on multiparty_calls (account_id, state) where ended_at is null;
create index multiparty_calls_cause on multiparty_calls (account_id, termination_code, mpc_id) where termination_code is not null;
create index multiparty_calls_subaccount on multiparty_calls (owner_id, mpc_id) where owner_id <> account_id;
create index multiparty_calls_open on multiparty_calls (node) where ended_at is null;
create index multiparty_calls_age on multiparty_calls (created_at);

create table multiparty_participants (
  mpc_id uuid not null references multiparty_calls (mpc_id) on delete cascade,
  member_id bigint not null,
  call_id uuid not null,
  address text not null,
  role text not null, -- agent, customer, supervisor, ai-agent
  coach boolean, -- these three are null after the exit
  mute boolean,
  hold boolean,
  start_on_enter boolean not null,
  end_on_exit boolean not null,
  joined_at timestamptz not null,
  exited_at timestamptz,
  duration_seconds integer,
  billed_seconds integer,
  amount_micros bigint,
  exit text, -- hangup, kicked, ended, transferred
  primary key (mpc_id, member_id)
);
