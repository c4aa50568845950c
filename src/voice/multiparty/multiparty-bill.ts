import type { Micros } from '../../billing/money.ts';
import type { StayBill } from './multiparty-record.ts';

const MINUTE_S = 60;

/** Of one stay: every minute that is begun is paid (multiparty-calls.md §2.1). Times in milliseconds. */
export function billOf(rate: Micros, joinedAt: number, exitedAt: number): StayBill {
  const durationS = Math.max(0, Math.round((exitedAt - joinedAt) / 1_000));
  const minutes = Math.max(1, Math.ceil((exitedAt - joinedAt) / (MINUTE_S * 1_000)));
  return { durationS, billedS: minutes * MINUTE_S, amountMicros: minutes * rate };
}
