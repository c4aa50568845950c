-- Questions to the registry that decides on what accounts register. One that is not decided is asked again when it is due.
create table registry_cases (
  case_id uuid primary key,
  kind text not null, -- src/compliance/registry/case.ts
  subject_id text not null, -- the brand, campaign, number, ... it is about
  account_id text not null references accounts (auth_id) on delete cascade,
  facts jsonb not null, -- what the registry is shown
  asked integer not null default 0,
  opened_at timestamptz not null,
  due_at timestamptz not null, -- when it is asked next; while it is being asked, when it is taken to be forgotten
  deadline timestamptz not null, -- undecided then, it is rejected
  last_error text,
  decided_at timestamptz,
  decided_by text, -- automatic, operator, http, deadline
  verdict jsonb
);
create unique index registry_cases_open on registry_cases (kind, subject_id) where decided_at is null;
create index registry_cases_due on registry_cases (due_at) where decided_at is null;
create index registry_cases_decided on registry_cases (decided_at) where decided_at is not null;
create index registry_cases_account on registry_cases (account_id);

-- Registry and sending rules of the configuration file; no row = the file says nothing of compliance.
create table compliance_settings (
  only_one boolean primary key default true check (only_one),
  options text not null -- sealed JSON: it may hold a token
);
