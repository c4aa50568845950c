/** Writes an audio file while it is recorded. Whoever uses it appends all bytes to the file in their order. */
export interface AudioFileWriter {
  readonly contentType: string;
  /** File name extension without the dot. */
  readonly extension: string;
  /**
   * Encodes samples of one channel, or of two with as many samples. Returns the bytes to append, perhaps none; they are
   * overwritten by the next call.
   */
  append(left: Int16Array, right?: Int16Array): Uint8Array;
  /** Ends the recording. */
  finish(): FileEnd;
}

export interface FileEnd {
  /** Last bytes to append. */
  readonly tail: Uint8Array;
  /** What must replace the beginning of the file; undefined when nothing. */
  readonly head: Uint8Array | undefined;
}

export type ChannelCount = 1 | 2;
