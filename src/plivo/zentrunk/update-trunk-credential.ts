import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { missingParameter, notFound } from '../../errors/catalogue.ts';
import { digestHashes } from '../../voice/digest-hashes.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { trunkName, trunkPassword, trunkUser } from './trunk-parameters.ts';

/** POST Zentrunk/Credential/{credential_uuid}/: the password is not kept, only what digest authentication compares with. Examples spell it `Password`. */
export const updateTrunkCredential = defineCommand({
  name: 'update-trunk-credential',
  summary: 'Change credentials that a telephone system proves itself by',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/Credential/{credential_uuid}/',
  parameters: Type.Object({
    credential_uuid: idInPath(),
    name: trunkName(),
    username: Type.Optional(trunkUser()),
    password: Type.Optional(trunkPassword()),
    Password: Type.Optional(trunkPassword()),
  }),
  replies: {
    202: Type.Object({ api_id: apiId(), message: Type.String(), credential_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given }, { trunking }) {
    const found = await trunking.store.credentials.find(reachOf(scope), given.credential_uuid);
    if (!found) throw notFound();
    const username = given.username ?? found.username;
    const password = given.password ?? given.Password;
    // What is compared is made of both.
    if (password === undefined && username !== found.username) throw missingParameter('password');
    const hashes = password === undefined ? { md5: found.ha1Md5, sha256: found.ha1Sha256 } : digestHashes(username, password);
    await trunking.store.credentials.update({
      ...found,
      name: given.name ?? found.name,
      username,
      ha1Md5: hashes.md5,
      ha1Sha256: hashes.sha256,
    });
    return { status: 202, body: { message: 'Credential updated successfully.', credential_uuid: found.credentialId } };
  },
});
