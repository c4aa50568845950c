import type { Micros } from './money.ts';
import type { RateTable } from './rates.ts';

/**
 * What is charged beside messages and calls. Free unless the price list says otherwise: `recording`, `transcription` and `stream` by the
 * started minute, `recording_storage` by the minute and month, `machine_detection`, `lookup` and `verification` by the piece.
 */
export const surchargeServices = [
  'recording',
  'recording_storage',
  'transcription',
  'machine_detection',
  'stream',
  'lookup',
  'verification',
] as const;

export type SurchargeService = (typeof surchargeServices)[number];

/** The price of one unit; `farNumber` is the one that is looked up or verified. */
export type Surcharge = (service: SurchargeService, farNumber?: string) => Micros;

export const surchargeOf =
  (rates: () => RateTable): Surcharge =>
  (service, farNumber = '') =>
    rates().find(service, 'outbound', farNumber).rate;

const MINUTE_MS = 60_000;

/** Whole minutes that have been begun. */
export const startedMinutes = (ms: number): number => Math.ceil(Math.max(0, ms) / MINUTE_MS);
