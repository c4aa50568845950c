import { invalidParameter } from '../errors/catalogue.ts';

/** What a request asks of a room of a PHLO. */
export const nodeActions = ['call', 'warm_transfer', 'cold_transfer'] as const;
export type NodeAction = (typeof nodeActions)[number];

/** What it asks of somebody who is in. */
export const memberActions = [
  'hold',
  'unhold',
  'mute',
  'unmute',
  'hangup',
  'resume_call',
  'abort_transfer',
  'voicemail_drop',
] as const;
export type MemberAction = (typeof memberActions)[number];

/** SDKs differ in letter case and underscores. @throws Problem */
export function readAction<Action extends string>(given: string, known: readonly Action[]): Action {
  const action = known.find((each) => plain(each) === plain(given));
  if (action) return action;
  throw invalidParameter('action', `action parameter is invalid: one of ${known.join(', ')} is expected`);
}

const plain = (action: string): string => action.toLowerCase().replaceAll(/[_\s-]/g, '');
