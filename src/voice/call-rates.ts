import type { CallDirection } from './call-facts.ts';
import type { CallRate } from './pricing.ts';

/** What calls with this far number (digits, or a SIP URI) cost, by direction. */
export type CallRates = (direction: CallDirection, farNumber: string) => CallRate;
