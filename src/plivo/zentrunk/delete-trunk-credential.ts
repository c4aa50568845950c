import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Zentrunk/Credential/{credential_uuid}/: one that a trunk uses is refused with 409. */
export const deleteTrunkCredential = defineCommand({
  name: 'delete-trunk-credential',
  summary: 'Remove credentials of outbound trunks',
  tag: 'Zentrunk',
  method: 'DELETE',
  path: 'Zentrunk/Credential/{credential_uuid}/',
  parameters: Type.Object({ credential_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.credentials.find(reachOf(scope), parameters.credential_uuid);
    if (!found) throw notFound();
    await trunking.store.credentials.delete(found);
    trunking.changed();
    return { status: 204 };
  },
});
