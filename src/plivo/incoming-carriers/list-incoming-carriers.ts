import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { incomingCarrierObject, showIncomingCarrier } from './incoming-carrier-object.ts';

/** GET IncomingCarrier/, newest first; `name` is the whole name. */
export const listIncomingCarriers = defineCommand({
  name: 'list-incoming-carriers',
  summary: 'Carriers of your own',
  tag: 'IncomingCarrier',
  method: 'GET',
  path: 'IncomingCarrier/',
  audience: 'main',
  parameters: Type.Object({ name: Type.Optional(text()), ...pageParameters }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(incomingCarrierObject)) }),
  },
  async run({ scope, parameters }, { incomingCarriers }) {
    const page = readPage(parameters);
    const { name } = parameters;
    const { total, items } = await incomingCarriers.list(scope.account.authId, name, page);
    const shown = items.map((item) => showIncomingCarrier(scope, item));
    return listReply(scope, 'IncomingCarrier/', page, { name }, { total, items: shown });
  },
});
