import { Type } from 'typebox';
import { statusCallbackOf, statusCallbackParameters } from '../compliance/status-callback.ts';
import { makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';

/** POST 10dlc/Campaign/Import/ (compliance.md §4.2). */
export const importCampaign = defineCommand({
  name: 'import-campaign',
  summary: 'Take over a campaign that was registered elsewhere',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Campaign/Import/',
  parameters: Type.Object({
    campaign_id: Type.String({ pattern: '^[A-Za-z0-9]{1,32}$' }),
    campaign_alias: text(),
    ...statusCallbackParameters,
  }),
  replies: { 200: Type.Object({ api_id: apiId(), campaign_id: Type.String(), message: Type.String() }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    await compliance.campaigns.importShared(makingOf(call), {
      id: given.campaign_id,
      alias: given.campaign_alias,
      callback: statusCallbackOf(given.url, given.method),
    });
    const message = 'Request to import campaign was received and is being processed.';
    return { status: 200, body: { campaign_id: given.campaign_id, message } };
  },
});
