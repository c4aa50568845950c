import { Type } from 'typebox';
import type { CampaignTier } from '../../compliance/campaign-tiers.ts';
import type { Campaign } from '../../compliance/campaigns.ts';
import { optionalTexts, wireObject } from '../compliance/wire-object.ts';
import { isoTime } from '../times.ts';

const operator = Type.Object({ tpm: Type.Optional(Type.Integer()), brand_tier: Type.Optional(Type.String()) });

/** A campaign (compliance.md §4). `tpm` is an integer, `error_code` a string: strict SDKs fail on anything else. */
export const campaignObject = Type.Object({
  campaign_id: Type.String(),
  registration_status: Type.String(),
  reseller_id: Type.String(),
  campaign_source: Type.String(),
  created_at: Type.String(),
  mno_metadata: Type.Record(Type.String(), operator),
  campaign_attributes: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  ...optionalTexts(
    'brand_id',
    'campaign_alias',
    'usecase',
    'sub_usecase',
    'vertical',
    'description',
    'sample1',
    'sample2',
    'sample3',
    'sample4',
    'sample5',
    'message_flow',
    'help_message',
    'help_keywords',
    'optin_keywords',
    'optin_message',
    'optout_keywords',
    'optout_message',
    'terms_and_conditions_link',
    'privacy_policy_link',
    'error_code',
    'error_reason',
    'error_description',
  ),
});

export function renderCampaign({ id, status, facts, createdAt }: Campaign) {
  const { alias, source, attributes, subUsecases, callback: _callback, tier, declined, resellerId, ...texts } = facts;
  return {
    ...wireObject(texts),
    campaign_id: id,
    ...(alias !== undefined && { campaign_alias: alias }),
    registration_status: status,
    reseller_id: resellerId ?? '',
    ...(subUsecases && subUsecases.length > 0 && { sub_usecase: subUsecases.join(',') }),
    mno_metadata: tier ? operatorsOf(tier) : {},
    ...(attributes && { campaign_attributes: wireObject(attributes) }),
    campaign_source: source,
    created_at: isoTime(createdAt),
    ...(declined && {
      error_code: declined.code,
      error_reason: declined.reason,
      error_description: declined.description,
    }),
  };
}

/** The operators under the names that SDKs read. */
function operatorsOf({ messagesPerMinute: tpm, brandTier }: CampaignTier) {
  return {
    'AT&T': { tpm },
    'T-Mobile': { brand_tier: brandTier },
    'US Cellular': { tpm },
    'Verizon Wireless': { tpm },
  };
}
