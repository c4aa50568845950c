import { Type } from 'typebox';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOf } from './campaign-number-object.ts';

/** DELETE 10dlc/Campaign/{campaign_id}/Number/{number}/ (compliance.md §5): `url` and `method` in the body or the query. */
export const unlinkCampaignNumber = defineCommand({
  name: 'unlink-campaign-number',
  summary: 'Unlink a number from a campaign',
  tag: '10DLC',
  method: 'DELETE',
  path: '10dlc/Campaign/{campaign_id}/Number/{number}/',
  parameters: Type.Object({ campaign_id: idInPath(), number: idInPath(), ...statusCallbackParameters }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String() }) },
  async run({ scope, parameters: given }, { compliance }) {
    const number = digitsOf(given.number);
    const callback = statusCallbackOf(given.url, given.method);
    await compliance.campaignNumbers.unlink(scope, given.campaign_id, number, callback);
    const message = `Request to unlink ${number} from campaign ${given.campaign_id} was received and is being processed`;
    return { status: 200, body: { message } };
  },
});
