import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { credentialObject, showCredential } from './trunk-object.ts';

/** GET Zentrunk/Credential/{credential_uuid}/ */
export const getTrunkCredential = defineCommand({
  name: 'get-trunk-credential',
  summary: 'Show credentials of outbound trunks',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Credential/{credential_uuid}/',
  parameters: Type.Object({ credential_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...credentialObject }) },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.credentials.find(reachOf(scope), parameters.credential_uuid);
    if (!found) throw notFound();
    return { status: 200, body: showCredential(found) };
  },
});
