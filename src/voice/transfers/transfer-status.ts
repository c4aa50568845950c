import type { HangupCause } from '../hangup-cause.ts';

/** What the end of a leg says to whoever asked for it, as a SIP status: the far end's own where it has given one (RFC 3515 §2.4.5). */
export function statusOfCause({ code, sipStatus }: HangupCause): number {
  if (sipStatus !== undefined && sipStatus >= 300) return sipStatus;
  switch (code) {
    case 2000:
    case 3050:
    case 3120:
      return 404;
    case 1010:
    case 1020:
    case 2030:
    case 2040:
    case 2050:
    case 3030:
    case 3140:
      return 403;
    case 2060:
      return 482;
    case 2020:
    case 3000:
      return 480;
    case 3010:
      return 486;
    case 6010:
      return 408;
    case 1000:
      return 487;
    case 3020:
    case 3110:
      return 603;
    default:
      return 503;
  }
}
