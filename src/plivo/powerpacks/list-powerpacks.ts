import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { powerpackObject, showPowerpack } from './powerpack-object.ts';

/** GET Powerpack/, newest first. */
export const listPowerpacks = defineCommand({
  name: 'list-powerpacks',
  summary: 'Powerpacks of the account',
  tag: 'Powerpack',
  method: 'GET',
  path: 'Powerpack/',
  parameters: Type.Object({ ...pageParameters }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(powerpackObject)) }),
  },
  async run({ scope, parameters }, { powerpacks }) {
    const page = readPage(parameters);
    const { total, items } = await powerpacks.list(reachOf(scope), page);
    return listReply(scope, 'Powerpack/', page, {}, { total, items: items.map((item) => showPowerpack(scope, item)) });
  },
});
