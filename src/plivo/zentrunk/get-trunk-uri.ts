import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { showUri, uriObject } from './trunk-object.ts';

/** GET Zentrunk/URI/{uri_uuid}/ */
export const getTrunkUri = defineCommand({
  name: 'get-trunk-uri',
  summary: 'Show an origination URI',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/URI/{uri_uuid}/',
  parameters: Type.Object({ uri_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...uriObject }) },
  async run({ scope, parameters }, { trunking }) {
    const found = await trunking.store.uris.find(reachOf(scope), parameters.uri_uuid);
    if (!found) throw notFound();
    return { status: 200, body: showUri(found) };
  },
});
