/** Between the main thread and the thread that encodes and writes recordings. */

import type { RecordOptions } from '../media-engine.ts';

export type RecorderCommand =
  | {
      readonly do: 'start';
      readonly recording: number;
      readonly ring: SharedArrayBuffer;
      readonly sampleRate: 8000 | 16000;
      readonly format: RecordOptions['format'];
      readonly channels: RecordOptions['channels'];
      readonly path: string;
    }
  /** The leg adds nothing any more: what is in the ring is written, then the file is closed. */
  | { readonly do: 'finish'; readonly recording: number };

export type RecorderEvent =
  | { readonly is: 'finished'; readonly recording: number; readonly durationMs: number; readonly bytes: number }
  | { readonly is: 'failed'; readonly recording: number; readonly durationMs: number; readonly error: string };
