import type { Micros } from '../billing/money.ts';
import type { CallDirection } from './call-facts.ts';

/** Price of a minute with this far number (digits, or a SIP URI), by direction. */
export type CallRates = (direction: CallDirection, farNumber: string) => Micros;
