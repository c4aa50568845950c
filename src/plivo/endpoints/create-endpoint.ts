import { Type } from 'typebox';
import { digestHashes } from '../../voice/digest-hashes.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { digitsOf } from '../idempotent-id.ts';
import { namedApplication } from '../ownership.ts';
import { password } from './endpoint-object.ts';

const ENDPOINT_ID_DIGITS = 14;
/** Appended to the name that was asked for, which makes it unique (voice-api.md §10). */
const SUFFIX_DIGITS = 12;

/** POST Endpoint/ (voice-api.md §10). The password is not kept, only what digest authentication compares with. */
export const createEndpoint = defineVoiceCommand({
  name: 'create-endpoint',
  summary: 'Create an endpoint: a SIP user that registers, calls and is called',
  tag: 'Endpoint',
  method: 'POST',
  path: 'Endpoint/',
  parameters: Type.Object({
    username: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,24}$' }),
    password: password(),
    alias: text(),
    app_id: Type.Optional(text(32)),
  }),
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.Literal('created'),
      endpoint_id: Type.String(),
      username: Type.String(),
      alias: Type.String(),
    }),
  },
  async run({ scope, parameters: given, now, idempotencyKey }, { endpoints, applications, ids }) {
    const application =
      given.app_id === undefined
        ? await applications.findEndpointDefault(scope.account.authId)
        : await namedApplication(scope, 'app_id', given.app_id, applications);
    const digits = (length: number, what: string) =>
      idempotencyKey === undefined ? ids.digits(length) : digitsOf(`${idempotencyKey} ${what}`, length);
    const username = `${given.username}${digits(SUFFIX_DIGITS, 'suffix')}`;
    const endpointId = digits(ENDPOINT_ID_DIGITS, 'id');
    const hashes = digestHashes(username, given.password);
    await endpoints.insert({
      endpointId,
      accountId: scope.account.authId,
      subaccountId: scope.subaccount?.authId ?? null,
      appId: application?.appId ?? null,
      username,
      alias: given.alias,
      ha1Md5: hashes.md5,
      ha1Sha256: hashes.sha256,
      createdAt: new Date(now),
    });
    return { status: 201, body: { message: 'created', endpoint_id: endpointId, username, alias: given.alias } };
  },
});
