import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { credentialObject, showCredential } from './trunk-object.ts';

/** GET Zentrunk/Credential/: newest first. */
export const listTrunkCredentials = defineCommand({
  name: 'list-trunk-credentials',
  summary: 'Credentials of outbound trunks',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Credential/',
  parameters: Type.Object(pageParameters),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(credentialObject)) }) },
  async run({ scope, parameters }, { trunking }) {
    const page = readPage(parameters);
    const { total, items } = await trunking.store.credentials.list(reachOf(scope), {}, page);
    return listReply(scope, 'Zentrunk/Credential/', page, {}, { total, items: items.map(showCredential) });
  },
});
