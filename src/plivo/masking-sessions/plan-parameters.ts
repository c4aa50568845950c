import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { MaskingPlan } from '../../masking/session.ts';
import { parseDestination } from '../../messaging/phone-number.ts';
import type { ElementUrl } from '../../voice/document.ts';
import { flag, httpMethod, url } from '../fields.ts';

/** The longest that a session may last: the reference names no bound. */
const MAX_EXPIRY_S = 365 * 86_400;
const MAX_CALL_S = 86_400;
const MAX_RING_S = 600;

/** Parameters that create and update have in common (account-numbers.md §13.2, §13.3). 0 = not set: the Go SDK sends it so. */
export const planParameters = {
  session_expiry: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_EXPIRY_S })),
  call_time_limit: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_CALL_S })),
  ring_timeout: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_RING_S })),
  callback_url: Type.Optional(url()),
  callback_method: httpMethod(),
  record: flag(),
  record_file_format: Type.Optional(Type.Union([Type.Literal('mp3'), Type.Literal('wav')])),
  recording_callback_url: Type.Optional(url()),
  recording_callback_method: httpMethod(),
  first_party_play_url: Type.Optional(url()),
  second_party_play_url: Type.Optional(url()),
};

interface GivenPlan {
  readonly session_expiry?: number;
  readonly call_time_limit?: number;
  readonly ring_timeout?: number;
  readonly record?: boolean;
  readonly record_file_format?: 'mp3' | 'wav';
  readonly recording_callback_url?: string;
  readonly recording_callback_method?: 'GET' | 'POST';
  readonly first_party_play_url?: string;
  readonly second_party_play_url?: string;
}

/** What of the plan a request gives. */
export function givenPlan(given: GivenPlan): Partial<MaskingPlan> {
  const recordingCallback = target(given.recording_callback_url, given.recording_callback_method);
  return {
    ...(given.session_expiry && { sessionExpiryS: given.session_expiry }),
    ...(given.call_time_limit && { callTimeLimitS: given.call_time_limit }),
    ...(given.ring_timeout && { ringTimeoutS: given.ring_timeout }),
    ...(given.record !== undefined && { record: given.record }),
    ...(given.record_file_format && { recordFormat: given.record_file_format }),
    ...(recordingCallback && { recordingCallback }),
    ...(given.first_party_play_url !== undefined && { firstPartyPlay: given.first_party_play_url }),
    ...(given.second_party_play_url !== undefined && { secondPartyPlay: given.second_party_play_url }),
  };
}

export const target = (url: string | undefined, method: 'GET' | 'POST' | undefined): ElementUrl | undefined =>
  url === undefined ? undefined : { url, method: method ?? 'POST' };

/** Digits of a party; throws `invalid_parameter` for what is no number. */
export function partyOf(name: 'first_party' | 'second_party', given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const parsed = parseDestination(given);
  if (parsed.ok) return parsed.number.digits;
  throw invalidParameter(name, `${name} parameter is invalid: a number in E.164 form such as +14155551234 is expected`);
}
