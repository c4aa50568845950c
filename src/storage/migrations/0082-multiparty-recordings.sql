-- Recordings of multiparty calls and of single participants of them.
alter table recordings
  add column mpc_id uuid,
  add column mpc_name text;
create index recordings_mpc on recordings (mpc_id) where mpc_id is not null;
create index recordings_mpc_name on recordings (account_id, mpc_name) where mpc_name is not null;
