-- Calls over the trunks of an account are found by what they ran: the trunk, in place of an application.
create index calls_application on calls (account_id, application_id, ended_at, call_id) where application_id is not null;
