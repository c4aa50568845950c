import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';
import { endpointOf } from './endpoint-object.ts';

/** DELETE Endpoint/{endpoint_id}/ (voice-api.md §10): its devices are no longer reachable. */
export const deleteEndpoint = defineVoiceCommand({
  name: 'delete-endpoint',
  summary: 'Delete an endpoint',
  tag: 'Endpoint',
  method: 'DELETE',
  path: 'Endpoint/{endpoint_id}/',
  parameters: Type.Object({ endpoint_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { endpoints, registrations }) {
    const found = await endpointOf(scope, parameters.endpoint_id, endpoints);
    await endpoints.delete(found.endpointId);
    await registrations.drop(found.username);
    return { status: 204 };
  },
});
