import type { HeaderList } from '../../sip/responses.ts';
import type { HangupCause } from '../hangup-cause.ts';

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
};

/** `Reason` of a BYE, CANCEL or refusal (RFC 3326). */
export function reasonHeader({ cause }: HangupCause): HeaderList {
  return [['Reason', `Q.850;cause=${Q850[cause] ?? 16};text="${cause}"`]];
}

/** With what an unanswered INVITE is refused (voice-xml.md §6.11). */
export function refusalOf({ code }: HangupCause): number {
  switch (code) {
    case 3010:
    // As for calls beyond the rate of an account (voice-api.md §2); the Reason tells the two apart.
    case 5030:
      return 486;
    case 3020:
      return 603;
    case 2000:
    case 3050:
      return 404;
    case 5010:
      return 503;
    default:
      return 480;
  }
}
