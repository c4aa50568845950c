import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { endpointObject, endpointOf, renderEndpoint } from './endpoint-object.ts';

/** GET Endpoint/{endpoint_id}/ (voice-api.md §10). */
export const getEndpoint = defineVoiceCommand({
  name: 'get-endpoint',
  summary: 'One endpoint, and whether it is registered',
  tag: 'Endpoint',
  method: 'GET',
  path: 'Endpoint/{endpoint_id}/',
  parameters: Type.Object({ endpoint_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...endpointObject }) },
  async run({ scope, parameters }, { endpoints, registrations }) {
    const found = await endpointOf(scope, parameters.endpoint_id, endpoints);
    const registered = await registrations.of([found.username]);
    return { status: 200, body: renderEndpoint(scope, found, registered.get(found.username)) };
  },
});
