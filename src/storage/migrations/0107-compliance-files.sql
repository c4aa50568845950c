-- Files of documents and letters: announced before their bytes are written, so that what a crash leaves behind is found and removed.
create table compliance_files (
  file_id uuid primary key,
  account_id text not null,
  file_name text not null,
  content_type text not null,
  size integer not null,
  created_at timestamptz not null,
  unused_since timestamptz -- null while something refers to it
);
create index compliance_files_unused on compliance_files (unused_since) where unused_since is not null;
