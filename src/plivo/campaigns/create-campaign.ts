import { Type } from 'typebox';
import { campaignUsecases, messageUsecases, verticals } from '../../compliance/enums.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { makingOf, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { atLeast, DESCRIPTION_LENGTH, optionalTextFields, SAMPLE_LENGTH, sample, textsOf } from './campaign-parameters.ts';

const SUBSCRIBER_FLAGS = ['subscriber_optin', 'subscriber_optout', 'subscriber_help'] as const;

/** POST 10dlc/Campaign/ (compliance.md §4.1). */
export const createCampaign = defineCommand({
  name: 'create-campaign',
  summary: 'Register a campaign',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Campaign/',
  parameters: Type.Object({
    brand_id: text(36),
    campaign_alias: Type.Optional(text()),
    vertical: oneOf(verticals),
    usecase: oneOf(campaignUsecases),
    sub_usecases: Type.Optional(Type.Array(oneOf(messageUsecases), { maxItems: messageUsecases.length })),
    description: atLeast(DESCRIPTION_LENGTH),
    sample1: sample(),
    sample2: sample(),
    message_flow: atLeast(DESCRIPTION_LENGTH),
    help_message: atLeast(SAMPLE_LENGTH),
    optout_message: atLeast(SAMPLE_LENGTH),
    ...optionalTextFields,
    subscriber_optin: flag(),
    subscriber_optout: flag(),
    subscriber_help: flag(),
    direct_lending: flag(),
    embedded_link: flag(),
    embedded_phone: flag(),
    age_gated: flag(),
    affiliate_marketing: flag(),
    ...statusCallbackParameters,
  }),
  refusals: ['insufficient_credit'],
  replies: { 200: Type.Object({ api_id: apiId(), campaign_id: Type.String(), message: Type.String() }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    for (const name of SUBSCRIBER_FLAGS) {
      if (given[name] === undefined) throw missingParameter(name);
      if (!given[name]) throw invalidParameter(name, `${name} parameter is invalid: true is expected`);
    }
    const campaignId = await compliance.campaigns.create(makingOf(call), {
      ...textsOf(given),
      source: 'plivo',
      brandId: given.brand_id,
      vertical: given.vertical,
      usecase: given.usecase,
      subUsecases: [...new Set(given.sub_usecases ?? [])],
      attributes: {
        embeddedLink: given.embedded_link ?? false,
        embeddedPhone: given.embedded_phone ?? false,
        ageGated: given.age_gated ?? false,
        directLending: given.direct_lending ?? false,
        subscriberOptin: true,
        subscriberOptout: true,
        subscriberHelp: true,
        affiliateMarketing: given.affiliate_marketing ?? false,
      },
      callback: statusCallbackOf(given.url, given.method),
    });
    const message = 'Request to create campaign was received and is being processed.';
    return { status: 200, body: { campaign_id: campaignId, message } };
  },
});
