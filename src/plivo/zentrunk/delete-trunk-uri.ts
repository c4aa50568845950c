import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Zentrunk/URI/{uri_uuid}/: one that a trunk uses is refused with 409. */
export const deleteTrunkUri = defineCommand({
  name: 'delete-trunk-uri',
  summary: 'Remove an origination URI',
  tag: 'Zentrunk',
  method: 'DELETE',
  path: 'Zentrunk/URI/{uri_uuid}/',
  parameters: Type.Object({ uri_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.uris.find(reachOf(scope), parameters.uri_uuid);
    if (!found) throw notFound();
    await trunking.store.uris.delete(found);
    trunking.changed();
    return { status: 204 };
  },
});
