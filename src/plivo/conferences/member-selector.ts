import { Type } from 'typebox';
import type { MemberSelector } from '../../voice/conferences/conference-control.ts';
import { text } from '../fields.ts';

/** In paths: one id, several joined by commas, or `all` (voice-api.md §8). */
export const memberParameters = { conference_name: text(255), member_id: text(1_024) };

export const memberId = () => Type.Union([Type.String(), Type.Array(Type.String())]);

/** More than one id is told in two ways: SDKs of Go and Java read an array, all others a text. */
const ARRAY_READERS = /^plivo-(?:go|java)\//;

export function readMembers(given: string): MemberSelector {
  if (given === 'all') return 'all';
  const ids = given.split(',').map((id) => id.trim());
  return [...new Set(ids.filter((id) => id !== ''))];
}

/** The `member_id` of a reply in the form that the requester's SDK reads (voice-api.md §8, §15). */
export function renderMembers(ids: readonly string[], userAgent: string): string | readonly string[] {
  if (ARRAY_READERS.test(userAgent)) return ids;
  const [only = '', other] = ids;
  return other === undefined ? only : `[${ids.map((id) => `u'${id}'`).join(', ')}]`;
}
