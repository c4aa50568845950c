import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { readTrunkUri } from '../../trunking/trunking.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, idInPath, text } from '../fields.ts';
import { trunkName, trunkPassword, trunkUser } from './trunk-parameters.ts';
import { readUriCredentials } from './uri-credentials.ts';

/** POST Zentrunk/URI/{uri_uuid}/ */
export const updateTrunkUri = defineCommand({
  name: 'update-trunk-uri',
  summary: 'Change an origination URI',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/URI/{uri_uuid}/',
  parameters: Type.Object({
    uri_uuid: idInPath(),
    name: trunkName(),
    uri: Type.Optional(text(400)),
    authentication_needed: flag(),
    username: Type.Optional(trunkUser()),
    password: Type.Optional(trunkPassword()),
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.String(), uri_uuid: Type.String({ format: 'uuid' }) }) },
  async run({ scope, parameters: given }, { trunking }) {
    const found = await trunking.store.uris.find(reachOf(scope), given.uri_uuid);
    if (!found) throw notFound();
    await trunking.store.uris.update({
      ...found,
      name: given.name ?? found.name,
      uri: given.uri === undefined ? found.uri : readTrunkUri(given.uri),
      credentials: readUriCredentials(given, found.credentials),
    });
    return { status: 202, body: { message: 'Origination URI updated successfully.', uri_uuid: found.uriId } };
  },
});
