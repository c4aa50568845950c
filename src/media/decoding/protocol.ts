/** Between the main thread and the thread that reads audio files. */

import type { AudioFileProblem } from '../audio-files/audio-file-error.ts';
import type { AudioLimits } from '../audio-files/decode-audio.ts';

export interface DecodeRequest {
  readonly file: Uint8Array;
  readonly limits: AudioLimits;
}

export type DecodeReply =
  /** `pcm` lies in shared memory. */
  | { readonly is: 'decoded'; readonly pcm: Int16Array; readonly sampleRate: 8000 | 16000 }
  | { readonly is: 'failed'; readonly problem: AudioFileProblem; readonly error: string };
