/**
 * What the rest of the program asks of the media engine. Sockets, codecs and timing live in worker threads; this side sends
 * commands and receives events, never packets. A `MediaLeg` is one RTP stream pair with one far end.
 */

import type { AnswerEvent } from './answer-detection/answer-machine.ts';
import type { Fingerprint } from './secure/dtls-keys.ts';
import type { IceCredentials } from './secure/ice-lite.ts';
import type { SrtpParameters } from './secure/srtp-suites.ts';
import type { AudioFeed, AudioTap, TapListener, TapOptions } from './stream-audio.ts';

export type CodecName = 'PCMU' | 'PCMA' | 'G722' | 'OPUS';

/** Whether media flows, seen from this side (RFC 3264 §5.1). */
export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What the two sides agreed on (RFC 3264). Ports are UDP ports. */
export interface MediaFlow {
  readonly codec: CodecName;
  readonly payloadType: number;
  /** RFC 4733; undefined = the peer takes no telephone events, digits go in-band. */
  readonly telephoneEventPayloadType: number | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteRtcpPort: number;
  readonly direction: MediaDirection;
  /** Milliseconds of audio in a packet we send. */
  readonly ptimeMs: number;
  /** Of the peer's certificate; on secured legs nothing flows without it. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Keys that the SDP has agreed on: nothing flows without them, and nothing in clear. Not on secured legs. */
  readonly srtp?: SrtpParameters | undefined;
}

/** What the SDP of a secured leg says of this side (RFC 8839, RFC 8122). */
export interface LegSecurity {
  readonly fingerprint: Fingerprint;
  readonly credentials: IceCredentials;
}

/** Audio in memory, ready to be played on any leg: shared with the workers, never changed after it was made. */
export interface Clip {
  /** Unique while the process lives; workers keep encoded forms under it. */
  readonly id: number;
  readonly sampleRate: 8000 | 16000;
  /** Linear PCM, 16 bit, mono, in a SharedArrayBuffer. */
  readonly pcm: Int16Array;
}

/** Sounds that are made, not stored. */
export type Tone =
  | 'ringback'
  | 'busy'
  | 'beep'
  | 'fax-cng'
  | 'fax-ced'
  | { readonly hz: number; readonly ms: number; readonly dbov: number };

export type PlaySource =
  | { readonly kind: 'clip'; readonly clip: Clip }
  | { readonly kind: 'tone'; readonly tone: Tone }
  | { readonly kind: 'silence'; readonly ms: number };

export interface PlayOptions {
  /** How often the whole list is played; 0 = until stopped. */
  readonly loop: number;
  /** Stops after this much audio, milliseconds. */
  readonly maxMs?: number | undefined;
  /** Added to what the far end hears anyway (the bridged party); without it replaces that. */
  readonly mix?: boolean | undefined;
  /** Beside what is playing, which goes on: added to it with `mix`, heard alone without. Replaces only what was played so before. */
  readonly over?: boolean | undefined;
  /** Of a leg: heard whenever nothing else is played to it, each time from the beginning, and not ended meanwhile. A leg has one such play. */
  readonly background?: boolean | undefined;
}

/** `completed` = heard to its end, `stopped` = by `stop()` or another play, `closed` = the leg is gone. */
export type PlayEnd = 'completed' | 'stopped' | 'closed';

export interface Playback {
  readonly ended: Promise<PlayEnd>;
  stop(): void;
}

export type DigitMethod = 'rfc4733' | 'inband' | 'info';

export interface SendDigitsOptions {
  readonly method: 'rfc4733' | 'inband';
  /** Milliseconds of each tone. */
  readonly toneMs: number;
  readonly gapMs: number;
}

/** What is recorded: one party, or both on two channels, or both mixed into one. */
export interface RecordOptions {
  readonly format: 'wav' | 'mp3';
  /** `stereo`: left = what the leg says, right = what it hears. `mono`: both mixed. `incoming`: only what the leg says. */
  readonly channels: 'stereo' | 'mono' | 'incoming';
  /** File to write. Created, and removed again when the recording fails. */
  readonly path: string;
  readonly maxMs: number;
  /** Ends after this much silence of the leg, milliseconds; undefined = never. */
  readonly silenceMs?: number | undefined;
}

export interface RecordEnd {
  readonly cause: 'stopped' | 'max-length' | 'silence' | 'closed' | 'failed';
  readonly durationMs: number;
  readonly bytes: number;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** In words for the timeline, when it failed (disk full, ...). */
  readonly error?: string | undefined;
}

export interface Recording {
  readonly ended: Promise<RecordEnd>;
  /** Nothing is written while paused; the time does not count. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Counted from the leg's start to its end. Jitter and round trip in milliseconds. */
export interface MediaStats {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly lost: number;
  readonly late: number;
  readonly duplicates: number;
  readonly jitterMs: number;
  readonly maxJitterMs: number;
  /** From the far end's RTCP reports: share of our packets it lost, 0-1; undefined without reports. */
  readonly farLoss: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Packets from other addresses than the latched one, and those that the keys of an encrypted leg do not open; all dropped. */
  readonly strayPackets: number;
  /** Send lateness against the 20 ms grid, p99 in milliseconds. */
  readonly sendLatenessP99Ms: number;
}

export interface ListenOptions {
  /** Report once the leg has been silent for this long, milliseconds. */
  readonly silenceMs?: number | undefined;
  /** Report the end of a voicemail beep (voice-xml.md §6.3). */
  readonly beep?: BeepOptions | undefined;
  /** Report when speech begins. */
  readonly speech?: boolean | undefined;
  /** Report who has answered, from now on. */
  readonly answer?: AnswerOptions | undefined;
}

/** What tells a machine from a person (voice-xml.md §11). Times in milliseconds of audio. */
export interface AnswerOptions {
  /** The verdict is there by then. */
  readonly windowMs: number;
  /** When nobody speaks for longer, nobody can tell. */
  readonly initialSilenceMs: number;
  /** Longer speech, its pauses not counted, is a machine's. */
  readonly greetingMs: number;
  /** Longer speech, its pauses counted, is a machine's. */
  readonly speechMs: number;
  /** More words are a machine's. Words are told apart by gaps: spoken in one breath they are one. */
  readonly words: number;
  /** Silence after words that makes them a person's. */
  readonly silenceMs: number;
}

export interface AnswerVerdict {
  readonly by: 'human' | 'machine' | 'unknown';
  /** The rule that told (answer-machine.ts). */
  readonly reason: AnswerEvent;
  /** From the begin of listening; speech as far as it was heard, and its words. */
  readonly afterMs: number;
  readonly voiceMs: number;
  readonly words: number;
}

export interface BeepOptions {
  readonly durationMs: number;
  readonly interSilenceMs: number;
  readonly intraSilenceMs: number;
  readonly threshold: number;
}

export type Heard =
  | { readonly kind: 'silence' }
  | { readonly kind: 'beep' }
  | { readonly kind: 'speech' }
  | { readonly kind: 'answer'; readonly verdict: AnswerVerdict };

/** Milliseconds of audio that one `HeardWindow` measures. */
export const OBSERVED_WINDOW_MS = 100;

/** What a far end said in 100 ms. */
export interface HeardWindow {
  readonly levelDbov: number;
  /** The strongest frequency; undefined in silence. */
  readonly hz: number | undefined;
  /** Share of the power at that frequency, 0-1: close to 1 for a pure tone. */
  readonly toneShare: number;
}

export interface MediaLeg {
  /** Address and port the far end sends to: what goes into our SDP. */
  readonly localPort: number;
  /** Undefined on a leg of plain RTP. */
  readonly security: LegSecurity | undefined;
  /** The peer has restarted ICE: `security` has new credentials from now on. */
  restartIce(): void;
  /** Begins (or after a re-INVITE changes) the flow. The leg sends silence or what is played from here on. */
  setFlow(flow: MediaFlow): void;
  /** Plays the list; replaces what is playing (that ends as `stopped`), unless it is to be heard beside that. */
  play(sources: readonly PlaySource[], options: PlayOptions): Playback;
  /** Sends digits one after another: `0-9*#A-D`, `w` = 0.5 s, `W` = 1 s of pause. Resolves with the last one's end. */
  sendDigits(
    digits: string,
    options: SendDigitsOptions,
    signal?: AbortSignal,
  ): { readonly firstSent: Promise<void>; readonly allSent: Promise<void> };
  /** Every digit the far end presses, once, at its start. The returned function ends the subscription. */
  onDigit(listener: (digit: string, method: DigitMethod) => void): () => void;
  /**
   * Every digit that is sent to the far end, as it begins, with the milliseconds of its tone: those of `sendDigits`, and on a secured leg
   * those of whom it hears by a bridge or in a room. For signalling that carries them. The returned function ends the subscription.
   */
  onDigitSent(listener: (digit: string, toneMs: number) => void): () => void;
  /** A digit that came by SIP INFO, put into the same stream of digits. */
  digitFromSignalling(digit: string): void;
  /** Hears for one condition; the promise resolves with the first that occurs, or undefined when the signal aborts. */
  listen(options: ListenOptions, signal: AbortSignal): Promise<Heard | undefined>;
  /**
   * Measures what the far end says, window after window, for virtual phones and tests. While it runs `onDigit` also reports digits
   * that sound in the audio of a far end that has telephone events. The returned function ends it.
   */
  observe(listener: (window: HeardWindow) => void): () => void;
  record(options: RecordOptions): Recording;
  /** Hands out what is said and heard, every 20 ms and in silence too, until it is stopped or the leg goes. */
  tap(options: TapOptions, listener: TapListener): AudioTap;
  /** Opens the leg to audio from outside. A leg has one feed: another one takes the place of the first. */
  feed(): AudioFeed;
  /** Nothing valid has arrived for `ms`; asked again after each report. */
  onMediaTimeout(ms: number, listener: () => void): () => void;
  /**
   * The leg is gone without `close`, because its worker thread died or met a fault; everything on it has ended as `closed` before.
   * The returned function ends the subscription.
   */
  onFailure(listener: (error: Error) => void): () => void;
  stats(): Promise<MediaStats>;
  /** Frees the port; everything that runs on the leg ends as `closed`. Answers the final counts. */
  close(): Promise<MediaStats>;
}

/** Two legs that hear each other. */
export interface MediaBridge {
  /** The legs stop hearing each other; they stay open. */
  dissolve(): void;
}

/** Hearing groups of a room are numbered 0 to 31. */
export const HEARING_GROUPS = 32;

/** Who hears a member: everybody, those in some hearing groups, or one member alone (a whisper). It never hears itself. */
export type Audience = 'all' | { readonly groups: readonly number[] } | { readonly member: MediaMember };

export interface MemberOptions {
  readonly muted: boolean;
  readonly deaf: boolean;
  /** Factor of what the member says; 1 = as it came. */
  readonly gain: number;
  /** The other members hear its keys. */
  readonly relayDigits: boolean;
  /** Joins on hold: see `setHeld`. Default false. */
  readonly held?: boolean | undefined;
  /** Its hearing group; default 0. */
  readonly group?: number | undefined;
  /** Default: all. */
  readonly audience?: Audience | undefined;
}

/** What is recorded of a room: everything, or only what is said to all (no whispers, nothing that only some groups hear). */
export interface RoomRecordOptions extends RecordOptions {
  readonly voices?: 'everything' | 'said-to-all' | undefined;
}

/** A leg in a room. */
export interface MediaMember {
  /** Nobody hears a muted member. */
  setMuted(muted: boolean): void;
  /** A deaf member hears nobody; what is played to itself it hears. */
  setDeaf(deaf: boolean): void;
  setGain(gain: number): void;
  /**
   * On hold a member is neither heard nor hears the room, whatever else it is set to; what is played to it (music) it hears. Off hold
   * it is as muted and deaf as it was set to meanwhile.
   */
  setHeld(held: boolean): void;
  /** It hears what is said to this group from now on. @throws RangeError for a number that no group has */
  setGroup(group: number): void;
  /** Changes who hears it. Its keys reach the same ears. @throws RangeError as `setGroup` */
  setAudience(audience: Audience): void;
  /** Plays to this member alone; it hears the room meanwhile if `mix` is set. */
  play(sources: readonly PlaySource[], options: PlayOptions): Playback;
  /** Records the member: with `incoming` what it says, muted or not; else also what it hears. Goes on when it leaves the room. */
  record(options: RecordOptions): Recording;
  /**
   * Gives the member another voice: until the feed is closed the room hears it and not the far end of the leg, in recordings of the
   * member too. It is muted and held as the member is. A member has one; another takes the place of the first.
   */
  voice(): AudioFeed;
  /** It begins or stops to speak: pauses between sentences do not count. The returned function ends the subscription. */
  onSpeaking(listener: (speaking: boolean) => void): () => void;
  /** The leg leaves the room and stays open. */
  leave(): void;
}

/**
 * A room whose members hear each other, not themselves, unless their audiences say otherwise. It knows nothing of roles or rules: conferences and multiparty calls have
 * theirs on top of it.
 */
export interface MediaRoom {
  /** The leg leaves its bridge, or another room. A leg that closes leaves by itself. */
  join(leg: MediaLeg, options: MemberOptions): MediaMember;
  /** Plays to all members beside what they say; replaces what is playing to all. `mix` does not count. */
  play(sources: readonly PlaySource[], options: PlayOptions): Playback;
  /** Records what is heard in the room as one channel; `channels` does not count. */
  record(options: RoomRecordOptions): Recording;
  /** Everything that runs in the room ends as `closed`; its legs stay open. */
  close(): void;
}

export interface OpenLegOptions {
  /** Put it where this leg lives, because they will be bridged. */
  readonly near?: MediaLeg | undefined;
  /** For a browser: ICE, DTLS-SRTP, RTCP on the port of RTP. */
  readonly secured?: boolean | undefined;
}

/** What is open now. */
export interface MediaCounts {
  readonly legs: number;
  readonly bridges: number;
  readonly rooms: number;
  readonly ports: number;
  readonly recordings: number;
}

export interface MediaEngine {
  /** Takes an RTP/RTCP port pair of the range. Rejects when none is free. */
  openLeg(options?: OpenLegOptions): Promise<MediaLeg>;
  /** Each hears the other, digits pass through (RFC 4733 to RFC 4733 where both take it). Legs may be on different workers. */
  bridge(a: MediaLeg, b: MediaLeg): MediaBridge;
  /** A room without members. It lives until it is closed. */
  createRoom(): MediaRoom;
  /** Puts PCM into shared memory as a clip. Clips are counted: freed when nobody holds or plays them. */
  createClip(pcm: Int16Array, sampleRate: 8000 | 16000): Clip;
  /** Reads a WAV or MP3 file off the main thread. @throws AudioFileError */
  decodeClip(file: Uint8Array): Promise<Clip>;
  counts(): MediaCounts;
  close(): Promise<void>;
}
