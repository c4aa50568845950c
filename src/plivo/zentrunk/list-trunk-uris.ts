import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { showUri, uriObject } from './trunk-object.ts';

/** GET Zentrunk/URI/: newest first. */
export const listTrunkUris = defineCommand({
  name: 'list-trunk-uris',
  summary: 'Origination URIs: where calls to numbers on inbound trunks go',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/URI/',
  parameters: Type.Object(pageParameters),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(uriObject)) }) },
  async run({ scope, parameters }, { trunking }) {
    const page = readPage(parameters);
    const { total, items } = await trunking.store.uris.list(reachOf(scope), {}, page);
    return listReply(scope, 'Zentrunk/URI/', page, {}, { total, items: items.map(showUri) });
  },
});
