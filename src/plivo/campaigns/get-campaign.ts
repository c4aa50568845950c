import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { campaignObject, renderCampaign } from './campaign-object.ts';

/** GET 10dlc/Campaign/{campaign_id}/ (compliance.md §4.4). */
export const getCampaign = defineCommand({
  name: 'get-campaign',
  summary: 'One campaign',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Campaign/{campaign_id}/',
  parameters: Type.Object({ campaign_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), campaign: campaignObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: { campaign: renderCampaign(await compliance.campaigns.get(scope, parameters.campaign_id)) } };
  },
});
