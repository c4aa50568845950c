import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Zentrunk/IPAccessControlList/{ipacl_uuid}/: one that a trunk uses is refused with 409. */
export const deleteTrunkIpList = defineCommand({
  name: 'delete-trunk-ip-list',
  summary: 'Remove an IP access control list',
  tag: 'Zentrunk',
  method: 'DELETE',
  path: 'Zentrunk/IPAccessControlList/{ipacl_uuid}/',
  parameters: Type.Object({ ipacl_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.ipLists.find(reachOf(scope), parameters.ipacl_uuid);
    if (!found) throw notFound();
    await trunking.store.ipLists.delete(found);
    trunking.changed();
    return { status: 204 };
  },
});
