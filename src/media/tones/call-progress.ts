import type { ToneSegment } from './tone-source.ts';

/** A tone with its cadence. */
export interface CadencedTone {
  readonly segments: readonly ToneSegment[];
  readonly repeat: boolean;
}

/** Levels of the North American precise tone plan (ANSI T1.401): each sine of a pair in dBm0. */
const RINGING_DBM0 = -19;
const BUSY_DBM0 = -24;
/** Fax tones go out at modem level (ITU-T T.30 leaves it to the line; -13 dBm0 is the usual sum of data services). */
const FAX_DBM0 = -13;
/** Heard well over a prompt, and 10 dB below what clips. */
const BEEP_DBM0 = -10;

const pause = (ms: number): ToneSegment => ({ sines: [], ms });
const sound = (ms: number, dbm0: number, ...frequencies: readonly number[]): ToneSegment => ({
  sines: frequencies.map((hz) => ({ hz, dbm0 })),
  ms,
});

/** What callers hear of the network. Frequencies and cadences: ITU-T E.180 supplement 2 (North America), T.30 §4.3.3. */
export const callProgressTones = {
  /** 440 + 480 Hz, 2 s on, 4 s off. */
  ringback: { segments: [sound(2000, RINGING_DBM0, 440, 480), pause(4000)], repeat: true },
  /** 480 + 620 Hz, half a second on, half a second off. */
  busy: { segments: [sound(500, BUSY_DBM0, 480, 620), pause(500)], repeat: true },
  /** Network congestion: busy at twice the speed. */
  reorder: { segments: [sound(250, BUSY_DBM0, 480, 620), pause(250)], repeat: true },
  /** CNG of a calling fax: 1100 Hz, 0.5 s on, 3 s off. */
  faxCalling: { segments: [sound(500, FAX_DBM0, 1100), pause(3000)], repeat: true },
  /** CED of a called fax: 2100 Hz for 3.3 s, once. */
  faxAnswer: { segments: [sound(3300, FAX_DBM0, 2100)], repeat: false },
  /** Says that a recording begins: 1000 Hz, once. */
  recordBeep: { segments: [sound(400, BEEP_DBM0, 1000)], repeat: false },
} as const satisfies Record<string, CadencedTone>;
