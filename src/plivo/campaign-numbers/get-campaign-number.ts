import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { campaignHead, campaignNumberObject, digitsOf, renderCampaignNumber, renderHead } from './campaign-number-object.ts';

/** GET 10dlc/Campaign/{campaign_id}/Number/{number}/ (compliance.md §5). */
export const getCampaignNumber = defineCommand({
  name: 'get-campaign-number',
  summary: 'One number of a campaign',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Campaign/{campaign_id}/Number/{number}/',
  parameters: Type.Object({ campaign_id: idInPath(), number: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...campaignHead, phone_numbers: Type.Array(campaignNumberObject) }) },
  async run({ scope, parameters: given }, { compliance }) {
    const { campaign, entry } = await compliance.campaignNumbers.get(scope, given.campaign_id, digitsOf(given.number));
    return { status: 200, body: { ...renderHead(campaign), phone_numbers: [renderCampaignNumber(entry)] } };
  },
});
