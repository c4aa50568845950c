import { Type } from 'typebox';
import { newOwned, readTrunkUri } from '../../trunking/trunking.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { trunkName, trunkPassword, trunkUser } from './trunk-parameters.ts';
import { readUriCredentials } from './uri-credentials.ts';

/** POST Zentrunk/URI/ */
export const createTrunkUri = defineCommand({
  name: 'create-trunk-uri',
  summary: 'Create an origination URI: where calls to numbers on an inbound trunk go',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/URI/',
  parameters: Type.Object({
    name: trunkName(),
    uri: text(400),
    authentication_needed: flag(),
    username: Type.Optional(trunkUser()),
    password: Type.Optional(trunkPassword()),
  }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), uri_uuid: Type.String({ format: 'uuid' }) }) },
  async run({ scope, parameters: given, now, idempotencyKey }, { trunking, ids }) {
    const uriId = idempotencyKey ?? ids.uuid();
    await trunking.store.uris.insert({
      ...newOwned(scope, given.name, now),
      uriId,
      uri: readTrunkUri(given.uri),
      credentials: readUriCredentials(given, undefined),
    });
    return { status: 201, body: { message: 'Origination URI created successfully.', uri_uuid: uriId } };
  },
});
