import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { applicationOf } from '../ownership.ts';
import { applicationObject, showApplication } from './application-object.ts';

/** GET Application/{app_id}/ */
export const getApplication = defineCommand({
  name: 'get-application',
  summary: 'Details of an application',
  tag: 'Application',
  method: 'GET',
  path: 'Application/{app_id}/',
  parameters: Type.Object({ app_id: Type.String() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...applicationObject }) },
  async run({ scope, parameters }, { applications, publicUrl }) {
    const found = await applicationOf(scope, parameters.app_id, applications);
    return { status: 200, body: showApplication(scope, publicUrl, found) };
  },
});
