import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { listedCallerObject, renderListedCaller } from './verified-caller-object.ts';

/** GET VerifiedCallerId/ (voice-api.md §11), newest first. */
export const listVerifiedCallerIds = defineVoiceCommand({
  name: 'list-verified-caller-ids',
  summary: 'Verified caller IDs, newest first',
  tag: 'VerifiedCallerId',
  method: 'GET',
  path: 'VerifiedCallerId/',
  parameters: Type.Object({
    ...pageParameters,
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    subaccount: Type.Optional(text(20)),
    alias: Type.Optional(text()),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(listedCallerObject)) }) },
  async run({ scope, parameters }, { verifiedCallers }) {
    const page = readPage(parameters);
    const { country, subaccount, alias } = parameters;
    const filter = { country: country?.toUpperCase(), subaccountId: subaccountFilter(scope, subaccount), alias };
    const { total, items } = await verifiedCallers.list(reachOf(scope), filter, page);
    const shown = items.map((caller) => renderListedCaller(scope, caller));
    return listReply(scope, 'VerifiedCallerId/', page, { country, subaccount, alias }, { total, items: shown });
  },
});
