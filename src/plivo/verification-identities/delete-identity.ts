import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Verification/Identity/{identity_id}/ (compliance.md §11). */
export const deleteIdentity = defineCommand({
  name: 'delete-identity-verification',
  summary: 'Delete an identity',
  tag: 'Verification',
  method: 'DELETE',
  path: 'Verification/Identity/{identity_id}/',
  parameters: Type.Object({ identity_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.identities.delete(scope, parameters.identity_id);
    return { status: 204 };
  },
});
