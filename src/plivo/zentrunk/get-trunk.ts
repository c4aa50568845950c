import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { showTrunk, trunkObject } from './trunk-object.ts';

/** GET Zentrunk/Trunk/{trunk_id}/ */
export const getTrunk = defineCommand({
  name: 'get-trunk',
  summary: 'Show a trunk',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Trunk/{trunk_id}/',
  parameters: Type.Object({ trunk_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...trunkObject }) },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.trunks.find(reachOf(scope), parameters.trunk_id);
    if (!found) throw notFound();
    return { status: 200, body: showTrunk(found) };
  },
});
