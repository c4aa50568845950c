import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { campaignObject, renderCampaign } from './campaign-object.ts';
import { textFields, textsOf } from './campaign-parameters.ts';

/** POST 10dlc/Campaign/{campaign_id}/ (compliance.md §4.5): a declined campaign is changed and submitted again. */
export const updateCampaign = defineCommand({
  name: 'update-campaign',
  summary: 'Change a declined campaign and submit it again',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Campaign/{campaign_id}/',
  parameters: Type.Object({ campaign_id: idInPath(), ...textFields }),
  refusals: ['insufficient_credit'],
  replies: { 200: Type.Object({ api_id: apiId(), campaign: campaignObject }) },
  async run({ scope, parameters }, { compliance }) {
    const campaign = await compliance.campaigns.update(scope, parameters.campaign_id, textsOf(parameters));
    return { status: 200, body: { campaign: renderCampaign(campaign) } };
  },
});
