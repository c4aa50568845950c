/** Audio that leaves a leg for, or comes to it from, somebody outside the media engine: an application behind a socket. */

export type StreamEncoding = 'mulaw' | 'l16';
/** Hz. mu-law has 8000 alone. */
export type StreamRate = 8000 | 16000 | 24000;
/** `inbound`: what the far end says. `outbound`: what it hears. */
export type StreamTrack = 'inbound' | 'outbound';

export interface TapOptions {
  readonly tracks: readonly StreamTrack[];
  readonly encoding: StreamEncoding;
  readonly sampleRate: StreamRate;
  /** Suppresses noise of the inbound track, 60 (light) to 100 (aggressive); undefined = as it is. */
  readonly noiseLevel: number | undefined;
}

/** 20 ms of one track, raw: mu-law octets, or linear 16-bit samples in little-endian order. The bytes are the listener's to keep. */
export type TapListener = (track: StreamTrack, audio: Uint8Array) => void;

export interface AudioTap {
  stop(): void;
}

/** Audio that a feed holds at most. An application that is further ahead than this is told by `push` (audio-streaming.md §5: 60 s). */
export const FEED_CAPACITY_MS = 60_000;
/** Checkpoints that wait in a feed at most. */
export const FEED_CHECKPOINTS = 1_000;

/** A queue of audio that the far end hears in real time, mixed into whatever else it hears; gaps are silence. */
export interface AudioFeed {
  /** Appends as much as there is room for (`FEED_CAPACITY_MS`). Returns the samples taken. */
  push(pcm: Int16Array, sampleRate: StreamRate): number;
  /** Resolves with true when all that was pushed before it was sent; with false when it was cleared, there are too many, or the leg went. */
  checkpoint(): Promise<boolean>;
  /** Drops what waits, checkpoints included. */
  clear(): void;
  readonly bufferedMs: number;
  close(): void;
}
