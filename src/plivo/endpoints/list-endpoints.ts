import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { endpointObject, renderEndpoint } from './endpoint-object.ts';

/** GET Endpoint/ (voice-api.md §10), newest first. */
export const listEndpoints = defineVoiceCommand({
  name: 'list-endpoints',
  summary: 'Endpoints, newest first',
  tag: 'Endpoint',
  method: 'GET',
  path: 'Endpoint/',
  parameters: Type.Object({ ...pageParameters }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(endpointObject)) }) },
  async run({ scope, parameters }, { endpoints, registrations }) {
    const page = readPage(parameters);
    const { total, items } = await endpoints.list(reachOf(scope), page);
    const registered = await registrations.of(items.map((endpoint) => endpoint.username));
    const shown = items.map((endpoint) => renderEndpoint(scope, endpoint, registered.get(endpoint.username)));
    return listReply(scope, 'Endpoint/', page, {}, { total, items: shown });
  },
});
