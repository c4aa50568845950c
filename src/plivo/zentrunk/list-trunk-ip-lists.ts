import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { ipListObject, showIpList } from './trunk-object.ts';

/** GET Zentrunk/IPAccessControlList/: newest first. */
export const listTrunkIpLists = defineCommand({
  name: 'list-trunk-ip-lists',
  summary: 'IP access control lists of outbound trunks',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/IPAccessControlList/',
  parameters: Type.Object(pageParameters),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(ipListObject)) }) },
  async run({ scope, parameters }, { trunking }) {
    const page = readPage(parameters);
    const { total, items } = await trunking.store.ipLists.list(reachOf(scope), {}, page);
    return listReply(scope, 'Zentrunk/IPAccessControlList/', page, {}, { total, items: items.map(showIpList) });
  },
});
