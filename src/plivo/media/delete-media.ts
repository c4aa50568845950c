import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Media/{media_id}/ (messaging.md §6): also takes it from the messages that have it. */
export const deleteMedia = defineCommand({
  name: 'delete-media',
  summary: 'Delete a media file',
  tag: 'Media',
  method: 'DELETE',
  path: 'Media/{media_id}/',
  parameters: Type.Object({ media_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { media }) {
    if (!(await media.delete(reachOf(scope), parameters.media_id))) throw notFound();
    return { status: 204 };
  },
});
