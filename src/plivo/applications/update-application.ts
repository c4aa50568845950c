import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { changed } from '../fields.ts';
import { applicationOf, requestedOwner } from '../ownership.ts';
import { applicationParameters, readChange } from './application-object.ts';

/** POST Application/{app_id}/. The name cannot be changed; what is not sent stays. */
export const updateApplication = defineCommand({
  name: 'update-application',
  summary: 'Change an application',
  tag: 'Application',
  method: 'POST',
  path: 'Application/{app_id}/',
  parameters: Type.Object({ app_id: Type.String(), ...applicationParameters }),
  refusals: ['forbidden'],
  replies: { 202: changed },
  async run({ scope, parameters }, { applications, applicationDirectory, directory }) {
    const found = await applicationOf(scope, parameters.app_id, applications);
    const change = readChange(scope, parameters);
    const owner = await requestedOwner(scope, parameters.subaccount, directory);
    await applications.update(found.accountId, found.appId, {
      ...change,
      ...(owner !== undefined && { subaccountId: owner }),
    });
    applicationDirectory.invalidate(found.appId);
    if (change.isNumberDefault || change.isEndpointDefault) applicationDirectory.invalidateAll();
    return { status: 202, body: { message: 'changed' } };
  },
});
