import { Type } from 'typebox';
import { NUMBER_POOL_LIMIT } from '../../compliance/campaign-numbers.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOf } from './campaign-number-object.ts';

/** POST 10dlc/Campaign/{campaign_id}/Number/ (compliance.md §5). All or none. */
export const linkCampaignNumbers = defineCommand({
  name: 'link-campaign-numbers',
  summary: 'Link numbers to a campaign',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Campaign/{campaign_id}/Number/',
  parameters: Type.Object({
    campaign_id: idInPath(),
    numbers: Type.Array(Type.String({ maxLength: 32 }), { minItems: 1, maxItems: NUMBER_POOL_LIMIT }),
    ...statusCallbackParameters,
  }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String() }) },
  async run({ scope, parameters: given, idempotencyKey }, { compliance }) {
    const numbers = [...new Set(given.numbers.map(digitsOf))];
    if (numbers.includes('')) throw invalidParameter('numbers', 'The number  is not a valid number');
    const callback = statusCallbackOf(given.url, given.method);
    const isRepetition = idempotencyKey !== undefined;
    await compliance.campaignNumbers.link(scope, given.campaign_id, numbers, callback, isRepetition);
    const which = numbers.join(', ');
    const message = `Request to link ${which} to campaign ${given.campaign_id} was received and is being processed`;
    return { status: 200, body: { message } };
  },
});
