import type { Micros } from './money.ts';
import type { RateTable } from './rates.ts';

/**
 * What is charged beside messages and calls. Free unless the price list says otherwise: `recording`, `transcription` and `stream` by the
 * started minute, `recording_storage` by the minute and month, `speech_recognition` by started 15 seconds of what callers say
 * (voice-xml.md §6.7), the rest by the piece: `brand_registration` once a brand, `campaign_vetting` each time that a campaign is put before the registry (compliance.md §4.5).
 */
export const surchargeServices = [
  'recording',
  'recording_storage',
  'transcription',
  'machine_detection',
  'stream',
  'lookup',
  'verification',
  'speech_recognition',
  'cnam_lookup',
  'brand_registration',
  'campaign_vetting',
] as const;

export type SurchargeService = (typeof surchargeServices)[number];

/** The price of one unit; `farNumber` is the one that is looked up or verified, or that calls. */
export type Surcharge = (service: SurchargeService, farNumber?: string) => Micros;

export const surchargeOf =
  (rates: () => RateTable): Surcharge =>
  (service, farNumber = '') =>
    rates().find(service, 'outbound', farNumber).rate;

const MINUTE_MS = 60_000;

/** Whole minutes that have been begun. */
export const startedMinutes = (ms: number): number => Math.ceil(Math.max(0, ms) / MINUTE_MS);

const SPEECH_UNIT_MS = 15_000;

/** Units of speech that have been begun. */
export const startedSpeechUnits = (ms: number): number => Math.ceil(Math.max(0, ms) / SPEECH_UNIT_MS);
