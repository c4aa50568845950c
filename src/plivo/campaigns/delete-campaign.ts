import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** DELETE 10dlc/Campaign/{campaign_id}/ (compliance.md §4.6). */
export const deleteCampaign = defineCommand({
  name: 'delete-campaign',
  summary: 'Deactivate a campaign',
  tag: '10DLC',
  method: 'DELETE',
  path: '10dlc/Campaign/{campaign_id}/',
  parameters: Type.Object({ campaign_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), campaign_id: Type.String(), message: Type.String() }) },
  async run({ scope, parameters }, { compliance }) {
    await compliance.campaigns.deactivate(scope, parameters.campaign_id);
    return { status: 200, body: { campaign_id: parameters.campaign_id, message: 'Campaign Deactivated' } };
  },
});
