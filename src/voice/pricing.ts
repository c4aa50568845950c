import type { Micros } from '../billing/money.ts';

/** A call costs its rate for every minute begun; the first counts in full (voice-api.md §4.1). */
export const INCREMENT_S = 60;

export interface CallPrice {
  /** Seconds from answer to end, rounded up; 0 when it was never answered. */
  readonly durationS: number;
  /** Rounded up to whole increments. */
  readonly billedS: number;
  readonly amountMicros: Micros;
}

export function priceOf(rateMicros: Micros, answeredAt: number | undefined, endedAt: number): CallPrice {
  if (answeredAt === undefined) return { durationS: 0, billedS: 0, amountMicros: 0 };
  const durationS = Math.ceil(Math.max(0, endedAt - answeredAt) / 1000);
  const billedS = Math.max(1, Math.ceil(durationS / INCREMENT_S)) * INCREMENT_S;
  return { durationS, billedS, amountMicros: (rateMicros * billedS) / INCREMENT_S };
}
