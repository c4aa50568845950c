import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { ipListObject, showIpList } from './trunk-object.ts';

/** GET Zentrunk/IPAccessControlList/{ipacl_uuid}/ */
export const getTrunkIpList = defineCommand({
  name: 'get-trunk-ip-list',
  summary: 'Show an IP access control list',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/IPAccessControlList/{ipacl_uuid}/',
  parameters: Type.Object({ ipacl_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...ipListObject }) },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.ipLists.find(reachOf(scope), parameters.ipacl_uuid);
    if (!found) throw notFound();
    return { status: 200, body: showIpList(found) };
  },
});
