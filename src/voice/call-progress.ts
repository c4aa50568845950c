import type { CallDirection, CallStatus } from './call-facts.ts';
import type { HangupCode } from './hangup-cause.ts';

/**
 * States of a call, from its first INVITE to its record.
 *
 *   event \ state | new      ringing   early     answered  ended
 *   --------------+-----------------------------------------------
 *   ring          | ringing  ringing   early     answered  ended
 *   early         | early    early     early     answered  ended
 *   answer        | answered answered  answered  answered  ended
 *   end           | ended    ended     ended     ended     ended
 *
 * `new`: INVITE received or sent, nothing came back. `early`: audio flows before the answer (183).
 */
export const progressStates = ['new', 'ringing', 'early', 'answered', 'ended'] as const;
export type CallProgress = (typeof progressStates)[number];

export const progressEvents = ['ring', 'early', 'answer', 'end'] as const;
export type ProgressEvent = (typeof progressEvents)[number];

const transitions: Readonly<Record<ProgressEvent, Readonly<Record<CallProgress, CallProgress>>>> = {
  ring: { new: 'ringing', ringing: 'ringing', early: 'early', answered: 'answered', ended: 'ended' },
  early: { new: 'early', ringing: 'early', early: 'early', answered: 'answered', ended: 'ended' },
  answer: { new: 'answered', ringing: 'answered', early: 'answered', answered: 'answered', ended: 'ended' },
  end: { new: 'ended', ringing: 'ended', early: 'ended', answered: 'ended', ended: 'ended' },
};

export const nextProgress = (state: CallProgress, event: ProgressEvent): CallProgress => transitions[event][state];

/** What an unanswered outbound call ends as (voice-xml.md §3.2, §10); every other cause is `failed`. */
const unansweredStatus: Partial<Record<HangupCode, CallStatus>> = {
  1000: 'cancel',
  3000: 'no-answer',
  3010: 'busy',
  3070: 'timeout',
  3100: 'busy',
  4250: 'timeout',
  6010: 'no-answer',
};

/** The state in the words of webhooks. */
export function statusOf(state: CallProgress, direction: CallDirection, wasAnswered: boolean, code: HangupCode): CallStatus {
  if (state === 'answered') return 'in-progress';
  if (state !== 'ended') return 'ringing';
  return direction === 'inbound' || wasAnswered ? 'completed' : (unansweredStatus[code] ?? 'failed');
}
