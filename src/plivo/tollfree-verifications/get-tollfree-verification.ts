import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderTollfree, tollfreeObject } from './tollfree-verification-object.ts';

/** GET TollfreeVerification/{uuid}/ (compliance.md §7.2). */
export const getTollfreeVerification = defineCommand({
  name: 'get-tollfree-verification',
  summary: 'One toll-free verification',
  tag: 'TollfreeVerification',
  method: 'GET',
  path: 'TollfreeVerification/{uuid}/',
  parameters: Type.Object({ uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...tollfreeObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: renderTollfree(await compliance.tollfree.get(scope, parameters.uuid)) };
  },
});
