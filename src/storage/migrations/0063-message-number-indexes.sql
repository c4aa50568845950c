-- "What did we send to this number" was a walk through all messages of the account in the time asked for: 173 ms with a million.
-- Both columns never change, so updates of a message stay out of these indexes.
create index messages_to on messages (account_id, to_number, id);
create index messages_from on messages (account_id, from_number, id);
