import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { flag, noContent, text } from '../fields.ts';
import { applicationOf, namedApplication } from '../ownership.ts';

/**
 * DELETE Application/{app_id}/. `cascade` (default true) says that its endpoints go too; with false `new_endpoint_application`
 * takes them over. Numbers are left without an application.
 */
export const deleteApplication = defineCommand({
  name: 'delete-application',
  summary: 'Delete an application',
  tag: 'Application',
  method: 'DELETE',
  path: 'Application/{app_id}/',
  parameters: Type.Object({
    app_id: Type.String(),
    cascade: flag(),
    new_endpoint_application: Type.Optional(text(32)),
  }),
  replies: { 204: noContent },
  async run({ scope, parameters }, services) {
    const { applications, applicationDirectory, numberDirectory, powerpackDirectory, endpoints, registrations } = services;
    const found = await applicationOf(scope, parameters.app_id, applications);
    const heir = parameters.new_endpoint_application;
    if (heir !== undefined) {
      if (heir === found.appId) {
        throw invalidParameter(
          'new_endpoint_application',
          'new_endpoint_application parameter is invalid: it is the one to delete',
        );
      }
      await namedApplication(scope, 'new_endpoint_application', heir, applications);
    }
    const isCascade = heir === undefined && parameters.cascade !== false;
    const gone = isCascade ? await endpoints.usernamesOf(found.appId) : [];
    await applications.delete(found.appId, isCascade ? 'deleted' : { heir });
    for (const username of gone) await registrations.drop(username);
    applicationDirectory.invalidate(found.appId);
    numberDirectory.invalidateAll();
    powerpackDirectory.invalidateAll();
    return { status: 204 };
  },
});
