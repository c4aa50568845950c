/** Between the main thread and the thread that reads audio files. */

export interface DecodeRequest {
  readonly file: Uint8Array;
}

export type DecodeReply =
  /** `pcm` lies in shared memory. */
  | { readonly is: 'decoded'; readonly pcm: Int16Array; readonly sampleRate: 8000 | 16000 }
  | { readonly is: 'failed'; readonly error: string };
