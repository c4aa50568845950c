import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** DELETE Profile/{profile_uuid}/ (compliance.md §2.5). */
export const deleteProfile = defineCommand({
  name: 'delete-profile',
  summary: 'Delete a business that nothing uses',
  tag: 'Profile',
  method: 'DELETE',
  path: 'Profile/{profile_uuid}/',
  parameters: Type.Object({ profile_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String() }) },
  async run({ scope, parameters }, { compliance }) {
    await compliance.profiles.delete(scope, parameters.profile_uuid);
    return { status: 200, body: { message: 'Profile deleted successfully.' } };
  },
});
