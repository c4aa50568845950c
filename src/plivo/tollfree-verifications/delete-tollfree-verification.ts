import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE TollfreeVerification/{uuid}/ (compliance.md §7.2): while it is not decided. */
export const deleteTollfreeVerification = defineCommand({
  name: 'delete-tollfree-verification',
  summary: 'Take a toll-free verification back',
  tag: 'TollfreeVerification',
  method: 'DELETE',
  path: 'TollfreeVerification/{uuid}/',
  parameters: Type.Object({ uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.tollfree.delete(scope, parameters.uuid);
    return { status: 204 };
  },
});
