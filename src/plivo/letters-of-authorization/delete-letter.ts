import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE HostedMessagingNumber/LOA/{loa_id}/ (compliance.md §8): one that no number is linked to. */
export const deleteLetter = defineCommand({
  name: 'delete-letter-of-authorization',
  summary: 'Delete a letter of authorization',
  tag: 'HostedMessagingNumber',
  method: 'DELETE',
  path: 'HostedMessagingNumber/LOA/{loa_id}/',
  parameters: Type.Object({ loa_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.letters.delete(scope, parameters.loa_id);
    return { status: 204 };
  },
});
