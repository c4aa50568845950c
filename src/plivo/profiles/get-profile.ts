import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { profileObject, renderProfile } from './profile-object.ts';

/** GET Profile/{profile_uuid}/ (compliance.md §2.2). */
export const getProfile = defineCommand({
  name: 'get-profile',
  summary: 'One business',
  tag: 'Profile',
  method: 'GET',
  path: 'Profile/{profile_uuid}/',
  parameters: Type.Object({ profile_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), profile: profileObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: { profile: renderProfile(await compliance.profiles.get(scope, parameters.profile_uuid)) } };
  },
});
