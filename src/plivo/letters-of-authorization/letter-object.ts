import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Letter } from '../../compliance/letters.ts';
import { isoTime } from '../times.ts';

/** A letter of authorization (compliance.md §8). */
export const letterObject = {
  loa_id: Type.String(),
  alias: Type.String(),
  file: Type.String(),
  linked_numbers: Type.Array(Type.String()),
  created_at: Type.String(),
  resource_uri: Type.String(),
};

export const renderLetter = (scope: Scope, { id, facts, createdAt }: Letter, linkedNumbers: readonly string[]) => ({
  loa_id: id,
  alias: facts.alias,
  file: facts.fileName,
  linked_numbers: linkedNumbers,
  created_at: isoTime(createdAt),
  resource_uri: `/v1/Account/${scope.authId}/HostedMessagingNumber/LOA/${id}/`,
});
