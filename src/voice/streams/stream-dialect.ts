import type { StreamEncoding, StreamTrack } from '../../media/stream-audio.ts';
import type { StreamFacts } from './stream-facts.ts';

/** What an application asks for over the socket. */
export type StreamCommand =
  | {
      readonly kind: 'play';
      /** `wav` carries its own rate. */
      readonly encoding: StreamEncoding | 'wav';
      readonly sampleRate: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'checkpoint'; readonly name: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'digits'; readonly digits: string }
  /** Nothing we know, or not as it must be: passed over, with the reason for the timeline. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** The messages of one stream. Those that go out are numbered in the order in which they are made. Times: milliseconds since the epoch. */
export interface StreamConversation {
  start(): string;
  media(track: StreamTrack, audio: Uint8Array, at: number): string;
  digit(digit: string, at: number): string;
  played(checkpoint: string): string;
  cleared(): string;
  read(message: string): StreamCommand;
}

/** What sockets of streams speak. Implemented by the dialect of the API. */
export interface StreamDialect {
  converse(stream: StreamFacts): StreamConversation;
  /** Headers of the upgrade request that prove who asks. `owner`: the account whose call it is. */
  handshake(owner: string, url: string): Promise<Readonly<Record<string, string>>>;
}
