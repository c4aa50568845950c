import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { readTrunk, trunkParameters } from './trunk-parameters.ts';

/** POST Zentrunk/Trunk/{trunk_id}/: its direction stays. */
export const updateTrunk = defineCommand({
  name: 'update-trunk',
  summary: 'Change a trunk',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/Trunk/{trunk_id}/',
  parameters: Type.Object({ ...trunkParameters, trunk_id: idInPath() }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.String(), trunk_id: Type.String() }) },
  async run({ scope, parameters: given }, services) {
    const { trunking } = services;
    const found = await trunking.store.trunks.find(reachOf(scope), given.trunk_id);
    if (!found) throw notFound();
    await trunking.store.trunks.update(await readTrunk(scope, found, given, services));
    trunking.changed();
    return { status: 202, body: { message: 'Trunk updated successfully.', trunk_id: found.trunkId } };
  },
});
