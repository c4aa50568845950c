-- "Which calls failed" was a walk through all calls of the account in the time asked for: 360 ms with a million.
create index calls_hangup on calls (account_id, hangup_code, ended_at);
