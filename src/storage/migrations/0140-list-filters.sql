-- Every filter of every list has an index that ends in the order of the list, so that a value which few rows have is not looked for in
-- all rows of the account (docs/decisions/0032-every-read-bounded.md). What most rows do not have is in partial indexes.

create index applications_name on applications (account_id, name text_pattern_ops);
create index applications_subaccount on applications (subaccount_id, created_at desc, app_id) where subaccount_id is not null;

create index incoming_carriers_name on incoming_carriers (account_id, name, created_at desc, carrier_id);

create index accounts_children on accounts (parent_id, created_at desc, auth_id) where parent_id is not null;
drop index accounts_parent;

create index endpoints_subaccount on endpoints (subaccount_id, created_at desc, endpoint_id) where subaccount_id is not null;

create index verified_caller_ids_account on verified_caller_ids (account_id, created_at desc, phone_number);
create index verified_caller_ids_country on verified_caller_ids (account_id, country, created_at desc);
create index verified_caller_ids_alias on verified_caller_ids (account_id, alias, created_at desc);
create index verified_caller_ids_subaccount on verified_caller_ids (subaccount_id, created_at desc) where subaccount_id is not null;

-- Numbers of accounts.
create index numbers_prefix on numbers (account_id, number text_pattern_ops) where account_id is not null;
create index numbers_type on numbers (account_id, type, added_at desc) where account_id is not null;
create index numbers_alias on numbers (account_id, alias, added_at desc) where account_id is not null;
create index numbers_sms on numbers (account_id, added_at desc) where account_id is not null and sms_enabled;
create index numbers_mms on numbers (account_id, added_at desc) where account_id is not null and mms_enabled;
create index numbers_voice on numbers (account_id, added_at desc) where account_id is not null and voice_enabled;
create index numbers_cnam on numbers (account_id, added_at desc) where account_id is not null and cnam_lookup = 'enabled';
create index numbers_renewal on numbers (account_id, renewal_date, added_at desc) where account_id is not null;
create index numbers_tendlc on numbers (account_id,
  coalesce(details->>'tendlcRegistrationStatus', case when country_iso = 'US' and type = 'local' then 'UNREGISTERED' end), added_at desc)
  where account_id is not null;
create index numbers_campaign on numbers (account_id, (details->>'tendlcCampaignId'), added_at desc)
  where details->>'tendlcCampaignId' is not null;
create index numbers_tollfree on numbers (account_id,
  coalesce(details->>'tollFreeVerification', case when type = 'tollfree' then 'UNVERIFIED' end), added_at desc)
  where account_id is not null;
create index numbers_tollfree_order on numbers (account_id, lower(details->>'tollFreeVerificationOrderStatus'), added_at desc)
  where lower(details->>'tollFreeVerificationOrderStatus') is not null;
create index numbers_subaccount on numbers (subaccount_id, added_at desc, number) where subaccount_id is not null;

-- Numbers for sale.
create index numbers_for_sale_order on numbers (country_iso, number) where account_id is null;
create index numbers_for_sale_prefix on numbers (country_iso, number text_pattern_ops) where account_id is null;
create index numbers_for_sale_region on numbers (country_iso, lower(region) text_pattern_ops, number) where account_id is null;
create index numbers_for_sale_city on numbers (country_iso, lower(city) text_pattern_ops, number) where account_id is null;
create index numbers_for_sale_lata on numbers (country_iso, lata, number) where account_id is null;
create index numbers_for_sale_rate_center on numbers (country_iso, lower(rate_center), number) where account_id is null;
create index numbers_for_sale_mms on numbers (country_iso, number) where account_id is null and mms_enabled;
create index numbers_for_sale_sms on numbers (country_iso, number) where account_id is null and sms_enabled;
create index numbers_for_sale_voice on numbers (country_iso, number) where account_id is null and voice_enabled;
create index numbers_for_sale_price on numbers (country_iso, type, monthly_micros) where account_id is null;

-- Records of calls. Written once: each index costs one entry a call.
create index calls_direction on calls (account_id, direction, ended_at, call_id);
create index calls_source on calls (account_id, hangup_source, ended_at, call_id);
create index calls_stir on calls (account_id, stir_verification, ended_at, call_id);
create index calls_duration on calls (account_id, bill_seconds, ended_at, call_id);
create index calls_owner on calls (owner_id, ended_at, call_id) where owner_id <> account_id;

create index recordings_from on recordings (account_id, from_number, added_at);
create index recordings_to on recordings (account_id, to_number, added_at);
create index recordings_owner on recordings (owner_id, added_at) where owner_id <> account_id;

create index verify_sessions_app on verify_sessions (account_id, app_id, created_at desc);
create index verify_sessions_state on verify_sessions (account_id, state, created_at desc);
create index verify_sessions_country on verify_sessions (account_id, country, created_at desc);
create index verify_sessions_alias on verify_sessions (account_id, alias, created_at desc);
create index verify_sessions_brand on verify_sessions (account_id, brand_name, created_at desc);
create index verify_sessions_hash on verify_sessions (account_id, app_hash, created_at desc) where app_hash is not null;

create index masking_sessions_first on masking_sessions (account_id, first_party, created_at desc);
create index masking_sessions_second on masking_sessions (account_id, second_party, created_at desc);
create index masking_sessions_virtual on masking_sessions (account_id, virtual_number, created_at desc);
create index masking_sessions_state on masking_sessions (account_id, state, created_at desc);
create index masking_sessions_end on masking_sessions (account_id, expires_at);
create index masking_sessions_duration on masking_sessions (account_id, ((plan->>'sessionExpiryS')::int), created_at desc);

-- What accounts register.
create index compliance_profiles_status on compliance_profiles (account_id, status, created_at desc);
create index end_users_status on end_users (account_id, status, created_at desc);
create index tollfree_verifications_usecase on tollfree_verifications (account_id, usecase, created_at desc);
create index tollfree_verifications_any_number on tollfree_verifications (account_id, number, created_at desc);
create index hosted_numbers_any_number on hosted_numbers (account_id, number, created_at desc);
create index compliance_applications_country on compliance_applications (account_id, country, created_at desc);
create index compliance_applications_number_type on compliance_applications (account_id, number_type, created_at desc);
create index compliance_applications_user_type on compliance_applications (account_id, end_user_type, created_at desc);
