import type { Micros } from '../billing/money.ts';
import type { Direction, RateTable } from '../billing/rates.ts';

/** What a minute of a call costs, and how its time is counted (voice-api.md §4.1, Billing semantics). */
export interface CallRate {
  readonly perMinute: Micros;
  /** An answered call is billed at least so many seconds, and beyond them in steps of `incrementS`. */
  readonly minimumS: number;
  readonly incrementS: number;
}

export interface CallCharge {
  /** From answer to end, rounded up to a second; 0 when it was never answered. */
  readonly durationS: number;
  /** What is paid for: 0 when it was never answered. */
  readonly billedS: number;
  readonly amountMicros: Micros;
}

const SECONDS_A_MINUTE = 60;
/** 60/60, as the API bills: the first minute whole, then minute by minute. */
export const DEFAULT_INCREMENT = { minimumS: 60, incrementS: 60 } as const;

const FREE: CallRate = { perMinute: 0, ...DEFAULT_INCREMENT };

/** `farNumber` is the one that is not ours: who is called, or who calls. A SIP address is on no telephone network and costs nothing. */
export function callRate(rates: RateTable, direction: Direction, farNumber: string): CallRate {
  if (!/^[0-9]+$/.test(farNumber)) return FREE;
  const { rate, increment } = rates.find('voice', direction, farNumber);
  return { perMinute: rate, ...(increment ?? DEFAULT_INCREMENT) };
}

/** Times in milliseconds. Billing begins with the answer, whoever or whatever answers. */
export function chargeCall(rate: CallRate, answeredAt: number | undefined, endedAt: number): CallCharge {
  if (answeredAt === undefined) return { durationS: 0, billedS: 0, amountMicros: 0 };
  const durationS = Math.max(0, Math.ceil((endedAt - answeredAt) / 1000));
  const beyond = Math.max(0, durationS - rate.minimumS);
  const billedS = rate.minimumS + Math.ceil(beyond / rate.incrementS) * rate.incrementS;
  return { durationS, billedS, amountMicros: Math.round((rate.perMinute * billedS) / SECONDS_A_MINUTE) };
}
