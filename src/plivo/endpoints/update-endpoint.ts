import { Type } from 'typebox';
import { digestHashes } from '../../voice/digest-hashes.ts';
import { defineVoiceCommand } from '../define.ts';
import { changed, idInPath, text } from '../fields.ts';
import { namedApplication } from '../ownership.ts';
import { endpointOf, password } from './endpoint-object.ts';

/** POST Endpoint/{endpoint_id}/ (voice-api.md §10). The username stays; what is not sent stays. */
export const updateEndpoint = defineVoiceCommand({
  name: 'update-endpoint',
  summary: 'Change password, alias or application of an endpoint',
  tag: 'Endpoint',
  method: 'POST',
  path: 'Endpoint/{endpoint_id}/',
  parameters: Type.Object({
    endpoint_id: idInPath(),
    password: Type.Optional(password()),
    alias: Type.Optional(text()),
    app_id: Type.Optional(text(32)),
  }),
  replies: { 202: changed },
  async run({ scope, parameters: given }, { endpoints, applications, registrations }) {
    const found = await endpointOf(scope, given.endpoint_id, endpoints);
    const application =
      given.app_id === undefined ? undefined : await namedApplication(scope, 'app_id', given.app_id, applications);
    const hashes = given.password === undefined ? undefined : digestHashes(found.username, given.password);
    await endpoints.update(found.endpointId, {
      ...(given.alias !== undefined && { alias: given.alias }),
      ...(application && { appId: application.appId }),
      ...(hashes && { ha1Md5: hashes.md5, ha1Sha256: hashes.sha256 }),
    });
    // Whoever knows the new password registers again.
    if (hashes && hashes.sha256 !== found.ha1Sha256) await registrations.drop(found.username);
    return { status: 202, body: { message: 'changed' } };
  },
});
