/**
 * Commands to a media worker and events from it. All are rare (once a call, an element, a digit), but for the audio of streams.
 * Legs, plays, recordings and the like carry numbers that the main thread gives out.
 */

import type { MessagePort } from 'node:worker_threads';
import type {
  AnswerOptions,
  BeepOptions,
  DigitMethod,
  Heard,
  HeardWindow,
  MediaFlow,
  MediaStats,
  PlayEnd,
  RecordEnd,
  RecordOptions,
  Tone,
} from '../media-engine.ts';
import type { DtlsIdentity } from '../secure/dtls-keys.ts';
import type { IceCredentials } from '../secure/ice-lite.ts';
import type { StreamTrack, TapOptions } from '../stream-audio.ts';
import type { PlayLayer } from './players.ts';

export interface WorkerSettings {
  readonly bindAddress: string;
  readonly inbandDigits: 'without-telephone-event' | 'always';
  /** Octets of encoded clips a worker keeps for the next play. */
  readonly encodedClipBytes: number;
  /** Two Int32: one that the main thread changes and notifies to end the worker's sleep between slots, and the batches of taps under way. */
  readonly wake: SharedArrayBuffer;
  /** What the thread has open (descriptor-table.ts). */
  readonly descriptors: SharedArrayBuffer;
}

/** What a WebRTC leg proves itself with. */
export interface WorkerSecurity {
  readonly identity: DtlsIdentity;
  readonly credentials: IceCredentials;
}

export type WorkerSource =
  | { readonly kind: 'clip'; readonly id: number; readonly sampleRate: 8000 | 16000; readonly pcm: Int16Array }
  | { readonly kind: 'tone'; readonly tone: Tone }
  | { readonly kind: 'silence'; readonly ms: number };

/** Frames to and from a leg of another worker. */
export interface RingPair {
  readonly toPartner: SharedArrayBuffer;
  readonly fromPartner: SharedArrayBuffer;
}

export interface WorkerRecording {
  readonly channels: RecordOptions['channels'];
  readonly sampleRate: 8000 | 16000;
  /** Frames to the encoder thread. */
  readonly ring: SharedArrayBuffer;
  readonly maxMs: number;
  readonly silenceMs: number | undefined;
}

/** 20 ms of one track within the audio of a batch. */
export interface TappedFrame {
  readonly leg: number;
  readonly tap: number;
  readonly track: StreamTrack;
  readonly start: number;
  readonly length: number;
}

export type FeedHearer = 'far-end' | 'room';

/** Taps and feeds. `queued` holds one Int32: what waits in the feed (feed-queue.ts). */
export type StreamCommand =
  | { readonly do: 'tap'; readonly leg: number; readonly tap: number; readonly options: TapOptions }
  | { readonly do: 'stop-tap'; readonly leg: number; readonly tap: number }
  | {
      readonly do: 'feed';
      readonly leg: number;
      readonly feed: number;
      readonly queued: SharedArrayBuffer;
      /** Who hears it: the far end of the leg, or in its stead the room that the leg is in. */
      readonly for: FeedHearer;
    }
  | {
      readonly do: 'feed-audio';
      readonly leg: number;
      readonly feed: number;
      readonly pcm: Int16Array;
      readonly sampleRate: number;
    }
  | { readonly do: 'feed-mark'; readonly leg: number; readonly feed: number; readonly mark: number }
  | { readonly do: 'clear-feed'; readonly leg: number; readonly feed: number }
  | { readonly do: 'close-feed'; readonly leg: number; readonly feed: number };

export type FeedCommand = Exclude<StreamCommand, { readonly do: 'tap' | 'stop-tap' }>;

/** How a member of a room is heard and hears. */
export interface SeatSettings {
  readonly muted: boolean;
  readonly deaf: boolean;
  /** Factor of what the member says. */
  readonly gain: number;
  /** The others hear its keys. */
  readonly relayDigits: boolean;
}

/** Bits of all hearing groups. */
export const ALL_GROUPS = -1;

/** What a member of a room hears, and who hears it. */
export interface MemberHearing {
  readonly group: number;
  /** One bit for each group that hears it. */
  readonly audience: number;
  /** The one member that hears it, whatever the audience is. */
  readonly whisperTo: number | undefined;
}

/** What is asked of a room in the worker that owns it. */
export type RoomCommand =
  | { readonly do: 'open-room'; readonly room: number }
  | {
      readonly do: 'room-join';
      readonly room: number;
      readonly member: number;
      readonly rings: RingPair;
      /** The member's leg lives on the same worker. */
      readonly inStep: boolean;
      readonly hearing: MemberHearing;
    }
  | { readonly do: 'room-hearing'; readonly room: number; readonly member: number; readonly hearing: MemberHearing }
  | { readonly do: 'room-leave'; readonly room: number; readonly member: number }
  | {
      readonly do: 'room-play';
      readonly room: number;
      readonly play: number;
      readonly sources: readonly WorkerSource[];
      readonly loop: number;
      readonly maxMs: number | undefined;
    }
  | { readonly do: 'room-stop-play'; readonly room: number; readonly play: number }
  | {
      readonly do: 'room-record';
      readonly room: number;
      readonly recording: number;
      readonly options: WorkerRecording;
      /** Only what is said to all. */
      readonly saidToAll: boolean;
    }
  | { readonly do: 'room-pause-recording'; readonly room: number; readonly recording: number; readonly paused: boolean }
  | { readonly do: 'room-stop-recording'; readonly room: number; readonly recording: number }
  | { readonly do: 'close-room'; readonly room: number };

export type MediaCommand =
  | StreamCommand
  | RoomCommand
  | {
      readonly do: 'sit';
      readonly leg: number;
      readonly rings: RingPair;
      readonly inStep: boolean;
      readonly settings: SeatSettings;
    }
  | { readonly do: 'seat-settings'; readonly leg: number; readonly settings: SeatSettings }
  | {
      readonly do: 'open';
      readonly leg: number;
      readonly rtpPort: number;
      readonly near: number | undefined;
      readonly secure: WorkerSecurity | undefined;
    }
  /** The way to the thread of handshakes. */
  | { readonly do: 'handshakes'; readonly port: MessagePort }
  | { readonly do: 'restart-ice'; readonly leg: number; readonly credentials: IceCredentials }
  | { readonly do: 'flow'; readonly leg: number; readonly flow: MediaFlow }
  | {
      readonly do: 'play';
      readonly leg: number;
      readonly play: number;
      readonly sources: readonly WorkerSource[];
      readonly loop: number;
      readonly maxMs: number | undefined;
      readonly mix: boolean;
      readonly layer: PlayLayer;
    }
  | { readonly do: 'stop-play'; readonly leg: number; readonly play: number }
  | { readonly do: 'forget-clip'; readonly clip: number }
  | {
      readonly do: 'send-digits';
      readonly leg: number;
      readonly job: number;
      readonly digits: string;
      readonly method: 'rfc4733' | 'inband';
      readonly toneMs: number;
      readonly gapMs: number;
    }
  | { readonly do: 'cancel-digits'; readonly leg: number; readonly job: number }
  | { readonly do: 'observe'; readonly leg: number; readonly on: boolean }
  | { readonly do: 'signalled-digit'; readonly leg: number; readonly digit: string }
  | { readonly do: 'hear-digits'; readonly leg: number; readonly on: boolean }
  | {
      readonly do: 'listen';
      readonly leg: number;
      readonly ear: number;
      readonly silenceMs: number | undefined;
      readonly beep: BeepOptions | undefined;
      readonly speech: boolean;
      readonly answer: AnswerOptions | undefined;
    }
  | { readonly do: 'stop-listening'; readonly leg: number; readonly ear: number }
  | { readonly do: 'record'; readonly leg: number; readonly recording: number; readonly options: WorkerRecording }
  | { readonly do: 'pause-recording'; readonly leg: number; readonly recording: number; readonly paused: boolean }
  | { readonly do: 'stop-recording'; readonly leg: number; readonly recording: number }
  | { readonly do: 'watch'; readonly leg: number; readonly watch: number; readonly ms: number }
  | { readonly do: 'unwatch'; readonly leg: number; readonly watch: number }
  | { readonly do: 'bridge'; readonly leg: number; readonly partner: number | undefined; readonly rings: RingPair | undefined }
  | { readonly do: 'unbridge'; readonly leg: number }
  | { readonly do: 'stats'; readonly leg: number; readonly request: number }
  | { readonly do: 'close'; readonly leg: number; readonly request: number };

export type RoomEvent =
  | { readonly is: 'room-failed'; readonly room: number; readonly error: string }
  | { readonly is: 'room-play-ended'; readonly room: number; readonly play: number; readonly end: PlayEnd }
  | {
      readonly is: 'room-recording-ended';
      readonly room: number;
      readonly recording: number;
      readonly cause: RecordEnd['cause'];
    };

export type MediaEvent =
  | RoomEvent
  | { readonly is: 'speaking'; readonly leg: number; readonly speaking: boolean }
  | { readonly is: 'ready' }
  | { readonly is: 'opened'; readonly leg: number }
  | { readonly is: 'open-failed'; readonly leg: number; readonly code: string }
  | { readonly is: 'leg-failed'; readonly leg: number; readonly error: string }
  | { readonly is: 'play-ended'; readonly leg: number; readonly play: number; readonly end: PlayEnd }
  | { readonly is: 'first-digit-sent'; readonly leg: number; readonly job: number }
  | { readonly is: 'digits-sent'; readonly leg: number; readonly job: number }
  | { readonly is: 'digit'; readonly leg: number; readonly digit: string; readonly method: DigitMethod }
  | { readonly is: 'observed'; readonly leg: number; readonly window: HeardWindow }
  | { readonly is: 'heard'; readonly leg: number; readonly ear: number; readonly heard: Heard }
  | { readonly is: 'recording-ended'; readonly leg: number; readonly recording: number; readonly cause: RecordEnd['cause'] }
  | { readonly is: 'tapped'; readonly frames: readonly TappedFrame[]; readonly audio: ArrayBuffer }
  | { readonly is: 'feed-mark'; readonly leg: number; readonly mark: number; readonly played: boolean }
  | { readonly is: 'media-timeout'; readonly leg: number; readonly watch: number }
  | { readonly is: 'stats'; readonly leg: number; readonly request: number; readonly stats: MediaStats };
