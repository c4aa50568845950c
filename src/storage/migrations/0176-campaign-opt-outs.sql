-- An opt-out of one number of a 10DLC campaign is one of all of it: a row of the number and one of `campaign:{id}`. Those of numbers
-- name the campaign that they were in, so that an opt-in to another number of it lifts them too.
alter table opt_outs add column campaign_id text;
create index opt_outs_campaign on opt_outs (campaign_id, subscriber) where campaign_id is not null;

update opt_outs o set campaign_id = n.details->>'tendlcCampaignId' from numbers n
where n.number = o.source and n.account_id = o.account_id and n.details->>'tendlcCampaignId' is not null
  and n.details->>'tendlcRegistrationStatus' = 'COMPLETED';
insert into opt_outs (source, subscriber, account_id, since, acknowledged_at)
select 'campaign:' || campaign_id, subscriber, account_id, min(since), max(acknowledged_at) from opt_outs
where campaign_id is not null group by campaign_id, subscriber, account_id;
