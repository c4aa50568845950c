import type { HeaderList } from '../../sip/responses.ts';
import type { HangupCause, HangupCode } from '../hangup-cause.ts';

/** Q.850 values of the causes that have one of their own; 16 = normal clearing. */
const Q850: Readonly<Record<string, number>> = {
  USER_BUSY: 17,
  NO_ANSWER: 19,
  CALL_REJECTED: 21,
  UNALLOCATED_NUMBER: 1,
  INVALID_NUMBER_FORMAT: 28,
  ALLOTTED_TIMEOUT: 16,
  LOSE_RACE: 26,
  MEDIA_TIMEOUT: 41,
  NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42,
  NO_ROUTE_DESTINATION: 3,
  USER_NOT_REGISTERED: 20,
  EXCHANGE_ROUTING_ERROR: 25,
  DESTINATION_OUT_OF_ORDER: 27,
  NETWORK_OUT_OF_ORDER: 38,
  OUTGOING_CALL_BARRED: 52,
  RECOVERY_ON_TIMER_EXPIRE: 102,
};

/** `Reason` of a BYE, CANCEL or refusal (RFC 3326). */
export function reasonHeader({ cause }: HangupCause): HeaderList {
  return [['Reason', `Q.850;cause=${Q850[cause] ?? 16};text="${cause}"`]];
}

/** Statuses of the causes that have one other than 480: where a far end has refused, one from which its reason can be read again. */
const STATUSES: ReadonlyMap<HangupCode, number> = new Map([
  [2000, 404],
  [2030, 403],
  [2040, 403],
  [2050, 403],
  [2060, 482],
  [3010, 486],
  [3020, 603],
  [3030, 403],
  [3040, 403],
  [3050, 404],
  // Our own wait for the far end, not that of who called us: no 408.
  [3070, 504],
  [3080, 500],
  [3090, 503],
  [3100, 600],
  [3110, 603],
  [3120, 604],
  [3130, 603],
  [3140, 403],
  [5000, 503],
  [5010, 503],
  [5020, 404],
  // As for calls beyond the rate of an account (voice-api.md §2); the Reason tells the two apart.
  [5030, 486],
]);

/** With what an unanswered INVITE is refused (voice-xml.md §6.11). */
export const refusalOf = ({ code }: HangupCause): number => STATUSES.get(code) ?? 480;
