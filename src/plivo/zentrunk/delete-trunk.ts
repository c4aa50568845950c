import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Zentrunk/Trunk/{trunk_id}/ */
export const deleteTrunk = defineCommand({
  name: 'delete-trunk',
  summary: 'Remove a trunk',
  tag: 'Zentrunk',
  method: 'DELETE',
  path: 'Zentrunk/Trunk/{trunk_id}/',
  parameters: Type.Object({ trunk_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.trunks.find(reachOf(scope), parameters.trunk_id);
    if (!found) throw notFound();
    await trunking.store.trunks.delete(found);
    trunking.changed();
    return { status: 204 };
  },
});
