import { Type } from 'typebox';
import { missingParameter } from '../../errors/catalogue.ts';
import { newOwned } from '../../trunking/trunking.ts';
import { digestHashes } from '../../voice/digest-hashes.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { trunkName, trunkPassword, trunkUser } from './trunk-parameters.ts';

/** POST Zentrunk/Credential/: the password is not kept, only what digest authentication compares with. Examples spell it `Password`. */
export const createTrunkCredential = defineCommand({
  name: 'create-trunk-credential',
  summary: 'Create credentials that a telephone system proves itself by',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/Credential/',
  parameters: Type.Object({
    name: trunkName(),
    username: trunkUser(),
    password: Type.Optional(trunkPassword()),
    Password: Type.Optional(trunkPassword()),
  }),
  replies: {
    201: Type.Object({ api_id: apiId(), message: Type.String(), credential_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given, now, idempotencyKey }, { trunking, ids }) {
    const password = given.password ?? given.Password;
    if (password === undefined) throw missingParameter('password');
    const { md5, sha256 } = digestHashes(given.username, password);
    const credentialId = idempotencyKey ?? ids.uuid();
    await trunking.store.credentials.insert({
      ...newOwned(scope, given.name, now),
      credentialId,
      username: given.username,
      ha1Md5: md5,
      ha1Sha256: sha256,
    });
    return { status: 201, body: { message: 'credential created successfully.', credential_uuid: credentialId } };
  },
});
