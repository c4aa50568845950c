import type { Micros } from '../../billing/money.ts';
import type { ElementUrl } from '../document.ts';

/** Something that was said in a recording, between two silences. */
export interface TranscribedSegment {
  /** Milliseconds from the beginning of the recording. */
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  /** 0-1; undefined when the engine tells none. */
  readonly confidence?: number | undefined;
}

/** `waiting` for its recording, its turn or another try. */
export type TranscriptionState = 'waiting' | 'done' | 'failed';

export interface NewTranscription {
  readonly recordingId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly callId: string;
  /** `full` tells each segment with its times, `compact` the text alone. */
  readonly reportType: 'compact' | 'full';
  /** Told when it is done or has failed. */
  readonly callback: ElementUrl | undefined;
}

/** One that exists, with what it says of its recording. */
/** What a minute costs, and the whole of it by the started minute. */
export interface TranscriptionCharge {
  readonly rateMicros: Micros;
  readonly amountMicros: Micros;
}

export interface StoredTranscription extends NewTranscription {
  readonly state: TranscriptionState;
  readonly segments: readonly TranscribedSegment[];
  /** Why it has failed. */
  readonly error: string | undefined;
  readonly charge: TranscriptionCharge;
  readonly durationMs: number;
  readonly recordedAt: Date;
}

export const textOf = (segments: readonly TranscribedSegment[]): string => segments.map(({ text }) => text).join(' ');
