-- Pictures and other files of MMS. The bytes are in the blob store; a row exists before its blob and goes after it, so no blob
-- is ever without a row. The id is random (version 4), because whoever knows it may fetch the content.
create table media (
  media_id uuid primary key,
  account_id text not null,
  owner_id text not null, -- the subaccount, or the account itself
  content_type text not null,
  size integer not null,
  file_name text not null,
  blob_key text not null,
  uploaded boolean not null, -- by the customer; false = came in with a message, or was fetched for one
  available boolean not null default false, -- false while its bytes are being written, and again while they are being removed
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index media_uploads on media (account_id, created_at desc, media_id) where uploaded;
create index media_expiry on media (expires_at);

create table message_media (
  message_id uuid not null,
  media_id uuid not null references media (media_id) on delete cascade,
  position smallint not null,
  primary key (message_id, media_id)
);
create index message_media_media on message_media (media_id);
