-- Who uses numbers, the documents that prove it, and the applications that put both before a regulator.
create table end_users (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- individual, business
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  name text generated always as (facts->>'name') stored,
  last_name text generated always as (facts->>'lastName') stored
);
create index end_users_account on end_users (account_id, created_at desc, id);
create index end_users_subaccount on end_users (subaccount_id, created_at desc, id);
create index end_users_name on end_users (account_id, name);
create index end_users_last_name on end_users (account_id, last_name);

create table compliance_documents (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- stored
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  end_user_id text generated always as (facts->>'endUserId') stored references end_users (id) on delete cascade,
  document_type_id text generated always as (facts->>'documentTypeId') stored,
  alias text generated always as (facts->>'alias') stored
);
create index compliance_documents_account on compliance_documents (account_id, created_at desc, id);
create index compliance_documents_subaccount on compliance_documents (subaccount_id, created_at desc, id);
create index compliance_documents_end_user on compliance_documents (end_user_id);
create index compliance_documents_type on compliance_documents (account_id, document_type_id);
create index compliance_documents_alias on compliance_documents (account_id, alias);

create table compliance_applications (
  id text primary key,
  account_id text not null references accounts (auth_id) on delete cascade,
  subaccount_id text references accounts (auth_id) on delete set null,
  status text not null, -- draft, submitted, accepted, rejected, suspended, expired
  facts jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  end_user_id text generated always as (facts->>'endUserId') stored references end_users (id) on delete cascade,
  country text generated always as (facts->>'country') stored,
  number_type text generated always as (facts->>'numberType') stored,
  end_user_type text generated always as (facts->>'endUserType') stored,
  alias text generated always as (facts->>'alias') stored
);
create index compliance_applications_account on compliance_applications (account_id, created_at desc, id);
create index compliance_applications_subaccount on compliance_applications (subaccount_id, created_at desc, id);
create index compliance_applications_end_user on compliance_applications (end_user_id);
create index compliance_applications_status on compliance_applications (account_id, status, created_at desc);
create index compliance_applications_alias on compliance_applications (account_id, alias);
-- Numbers name the application that they were rented with.
create index numbers_compliance on numbers ((details->>'complianceId')) where details ? 'complianceId';
