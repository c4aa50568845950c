import { Type } from 'typebox';
import { entityTypes, verticals } from '../../compliance/enums.ts';
import { listSchema, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { listMeta, pageParameters, readPage } from '../pagination.ts';
import { profileObject, renderProfile } from './profile-object.ts';

/** GET Profile/ (compliance.md §2.3), newest first. This list says no total. */
export const listProfiles = defineCommand({
  name: 'list-profiles',
  summary: 'Businesses of the account',
  tag: 'Profile',
  method: 'GET',
  path: 'Profile/',
  parameters: Type.Object({
    entity_type: Type.Optional(oneOf(entityTypes)),
    type: Type.Optional(oneOf(['PRIMARY', 'SECONDARY'])),
    vertical: Type.Optional(oneOf(verticals)),
    ...pageParameters,
  }),
  replies: { 200: listSchema(profileObject, 'profiles') },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { entity_type: entityType, type, vertical } = parameters;
    const { total, items } = await compliance.profiles.list(scope, { entityType, type, vertical }, page);
    const hasMore = page.offset + page.limit < total;
    const meta = listMeta(scope, 'Profile/', page, { entity_type: entityType, type, vertical }, undefined, hasMore);
    return { status: 200, body: { meta, profiles: items.map(renderProfile) } };
  },
});
