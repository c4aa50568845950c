import { LegPlays } from '../src/media/leg-plays.ts';
import type {
  Clip,
  DigitMethod,
  Heard,
  HeardWindow,
  LegSecurity,
  ListenOptions,
  MediaBridge,
  MediaEngine,
  MediaFlow,
  MediaLeg,
  MediaStats,
  OpenLegOptions,
  Playback,
  PlayEnd,
  PlayOptions,
  PlaySource,
  RecordEnd,
  Recording,
  RecordOptions,
  SendDigitsOptions,
} from '../src/media/media-engine.ts';
import type { AudioFeed, AudioTap, StreamTrack, TapListener, TapOptions } from '../src/media/stream-audio.ts';
import type { Clock } from '../src/runtime/clock.ts';
import { ScriptedFeed } from './scripted-feed.ts';
import { ScriptedRoom } from './scripted-room.ts';

const NO_STATS: MediaStats = {
  packetsSent: 0,
  packetsReceived: 0,
  bytesReceived: 0,
  lost: 0,
  late: 0,
  duplicates: 0,
  jitterMs: 0,
  maxJitterMs: 0,
  farLoss: undefined,
  roundTripMs: undefined,
  strayPackets: 0,
  sendLatenessP99Ms: 0,
};
const ENDLESS_TONES = new Set<unknown>(['ringback', 'busy', 'fax-cng']);
const BEEP_MS = 400;
const SCRIPTED_SECURITY: LegSecurity = {
  fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') },
  credentials: { fragment: 'scripted', password: 'password-of-the-scripted-leg' },
};

/**
 * A media engine without sound: what is played takes its time on the given clock, and the far end presses keys, speaks and falls
 * silent when the test says so.
 */
export class ScriptedMedia implements MediaEngine {
  readonly #clock: Clock;
  readonly legs = new Set<ScriptedMediaLeg>();
  readonly bridges = new Set<readonly [MediaLeg, MediaLeg]>();
  readonly rooms = new Set<ScriptedRoom>();
  #clipId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async openLeg(options: OpenLegOptions = {}): Promise<ScriptedMediaLeg> {
    const leg = this.leg();
    if (options.secured) leg.security = SCRIPTED_SECURITY;
    return leg;
  }

  leg(): ScriptedMediaLeg {
    const leg = new ScriptedMediaLeg(this.#clock, () => this.legs.delete(leg));
    this.legs.add(leg);
    return leg;
  }

  bridge(a: MediaLeg, b: MediaLeg): MediaBridge {
    const pair = [a, b] as const;
    this.bridges.add(pair);
    return { dissolve: () => void this.bridges.delete(pair) };
  }

  createRoom(): ScriptedRoom {
    const room = new ScriptedRoom(new ScriptedMediaLeg(this.#clock, () => undefined), () => this.rooms.delete(room));
    this.rooms.add(room);
    return room;
  }

  createClip(pcm: Int16Array, sampleRate: 8000 | 16000): Clip {
    return { id: ++this.#clipId, sampleRate, pcm };
  }

  /** A clip of this length, for scripts. */
  clipOf(ms: number): Clip {
    return this.createClip(new Int16Array(ms * 8), 8000);
  }

  decodeClip(): Promise<Clip> {
    return Promise.reject(new Error('scripted media decodes nothing'));
  }

  counts() {
    return { legs: this.legs.size, bridges: this.bridges.size, rooms: this.rooms.size, ports: this.legs.size, recordings: 0 };
  }

  async close(): Promise<void> {
    for (const leg of [...this.legs]) await leg.close();
  }
}

/** One leg; `heard` is what was played to its far end, with the clock's time. */
export class ScriptedMediaLeg implements MediaLeg {
  readonly localPort = 20_000;
  security: LegSecurity | undefined;
  /** What was agreed on last. */
  flow: MediaFlow | undefined;
  readonly heard: { readonly at: number; readonly sources: readonly PlaySource[]; readonly options: PlayOptions }[] = [];
  /** Digits that the far end received. */
  sentDigits = '';
  readonly digitsSent: { digit: string; at: number; method: SendDigitsOptions['method']; toneMs: number }[] = [];
  /** What was asked to be recorded. */
  readonly recorded: RecordOptions[] = [];
  /** Taps that run, with what they asked for. */
  readonly taps = new Map<TapListener, TapOptions>();
  fed: ScriptedFeed | undefined;
  /** Recordings fail with this from now on. */
  recordingError: string | undefined;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  readonly #gone = new AbortController();
  readonly #observers = new Set<(window: HeardWindow) => void>();
  readonly #digitListeners = new Set<(digit: string, method: DigitMethod) => void>();
  readonly #sentListeners = new Set<(digit: string, toneMs: number) => void>();
  readonly #listening = new Set<{ readonly options: ListenOptions; readonly settle: (heard: Heard | undefined) => void }>();
  readonly #recordings = new Set<(cause: RecordEnd['cause']) => void>();
  /** What plays in each layer: its number and how it is ended. */
  readonly #playing = new Map<'below' | 'over', { readonly play: number; end(how: PlayEnd): void }>();
  #lastPlay = 0;
  readonly #plays: LegPlays;
  #mediaTimeout: (() => void) | undefined;
  #failure: ((error: Error) => void) | undefined;
  closed = false;

  constructor(clock: Clock, onClose: () => void) {
    this.#clock = clock;
    this.#onClose = onClose;
    const isClosed = () => this.closed;
    this.#plays = new LegPlays({
      nextId: () => ++this.#lastPlay,
      get closed() {
        return isClosed();
      },
      begin: (play, sources, options) => this.#begin(play, sources, options),
      stop: (play) => {
        for (const playing of [...this.#playing.values()]) if (playing.play === play) playing.end('stopped');
      },
    });
  }

  restartIce(): void {
    this.security = { ...SCRIPTED_SECURITY, credentials: { fragment: 'restarted', password: 'password-of-the-restarted-leg' } };
  }

  setFlow(flow: MediaFlow): void {
    this.flow = flow;
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    return this.#plays.play(sources, options);
  }

  #begin(play: number, sources: readonly PlaySource[], options: PlayOptions): void {
    const layer = options.over ? 'over' : 'below';
    this.#playing.get(layer)?.end('stopped');
    this.heard.push({ at: this.#clock.now(), sources, options });
    const length = sources.reduce((ms, source) => ms + lengthOf(source), 0) * options.loop;
    const endless = options.loop === 0 || !Number.isFinite(length);
    const total = Math.min(endless ? Number.POSITIVE_INFINITY : length, options.maxMs ?? Number.POSITIVE_INFINITY);
    const cancel = Number.isFinite(total) ? this.#clock.after(total, () => end('completed')) : () => undefined;
    const end = (how: PlayEnd) => {
      cancel();
      if (this.#playing.get(layer)?.play === play) this.#playing.delete(layer);
      this.#plays.ended(play, how);
    };
    this.#playing.set(layer, { play, end });
  }

  sendDigits(digits: string, options: SendDigitsOptions, signal?: AbortSignal) {
    const first = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const send = async () => {
      for (const digit of digits) {
        if (signal?.aborted || this.closed) break;
        const pause = digit === 'w' ? 500 : digit === 'W' ? 1000 : 0;
        if (pause === 0) {
          this.sentDigits += digit;
          for (const listener of [...this.#sentListeners]) listener(digit, options.toneMs);
          this.digitsSent.push({ digit, at: this.#clock.now(), method: options.method, toneMs: options.toneMs });
        }
        await this.#clock.sleep(pause === 0 ? options.toneMs : pause, until);
        if (pause === 0) first.resolve();
        if (pause === 0) await this.#clock.sleep(options.gapMs, until);
      }
    };
    const until = signal ? AbortSignal.any([signal, this.#gone.signal]) : this.#gone.signal;
    void send()
      .catch(() => undefined)
      .then(() => {
        first.resolve();
        all.resolve();
      });
    return { firstSent: first.promise, allSent: all.promise };
  }

  onDigit(listener: (digit: string, method: DigitMethod) => void): () => void {
    this.#digitListeners.add(listener);
    return () => this.#digitListeners.delete(listener);
  }

  onDigitSent(listener: (digit: string, toneMs: number) => void): () => void {
    this.#sentListeners.add(listener);
    return () => this.#sentListeners.delete(listener);
  }

  digitFromSignalling(digit: string): void {
    this.press(digit, 'info');
  }

  listen(options: ListenOptions, signal: AbortSignal): Promise<Heard | undefined> {
    return new Promise((resolve) => {
      const entry = {
        options,
        settle: (heard: Heard | undefined) => {
          this.#listening.delete(entry);
          resolve(heard);
        },
      };
      this.#listening.add(entry);
      signal.addEventListener('abort', () => entry.settle(undefined), { once: true });
      if (signal.aborted) entry.settle(undefined);
    });
  }

  observe(listener: (window: HeardWindow) => void): () => void {
    this.#observers.add(listener);
    return () => this.#observers.delete(listener);
  }

  record(options: RecordOptions): Recording {
    const startedAt = this.#clock.now();
    const { promise, resolve } = Promise.withResolvers<RecordEnd>();
    const end = (cause: RecordEnd['cause']) => {
      cancel();
      this.#recordings.delete(end);
      const endedAt = this.#clock.now();
      const error = cause === 'failed' ? this.recordingError : undefined;
      resolve({ cause, durationMs: endedAt - startedAt, bytes: (endedAt - startedAt) * 16, startedAt, endedAt, error });
    };
    const cancel = this.#clock.after(options.maxMs, () => end('max-length'));
    this.recorded.push(options);
    this.#recordings.add(end);
    if (this.closed) end('closed');
    else if (this.recordingError !== undefined) end('failed');
    return { ended: promise, pause: () => undefined, resume: () => undefined, stop: () => end('stopped') };
  }

  tap(options: TapOptions, listener: TapListener): AudioTap {
    if (!this.closed) this.taps.set(listener, options);
    return { stop: () => void this.taps.delete(listener) };
  }

  feed(): AudioFeed {
    this.fed?.close();
    this.fed = new ScriptedFeed(this.#clock);
    return this.fed;
  }

  /** 20 ms of one track reach the taps. */
  tapped(track: StreamTrack, audio: Uint8Array): void {
    for (const [listener, { tracks }] of [...this.taps]) if (tracks.includes(track)) listener(track, audio);
  }

  onMediaTimeout(_: number, listener: () => void): () => void {
    this.#mediaTimeout = listener;
    return () => {
      this.#mediaTimeout = undefined;
    };
  }

  onFailure(listener: (error: Error) => void): () => void {
    this.#failure = listener;
    return () => {
      this.#failure = undefined;
    };
  }

  async stats(): Promise<MediaStats> {
    return NO_STATS;
  }

  async close(): Promise<MediaStats> {
    if (this.closed) return NO_STATS;
    this.closed = true;
    this.#gone.abort();
    for (const { end } of [...this.#playing.values()]) end('closed');
    this.#plays.close();
    for (const { settle } of [...this.#listening]) settle(undefined);
    for (const end of [...this.#recordings]) end('closed');
    this.#digitListeners.clear();
    this.taps.clear();
    this.fed?.close();
    this.#onClose();
    return NO_STATS;
  }

  /** Whether anything is being played to the far end. */
  get isPlaying(): boolean {
    return this.#playing.size > 0;
  }

  /** Conditions that are being listened for. */
  get listensFor(): readonly ListenOptions[] {
    return [...this.#listening].map(({ options }) => options);
  }

  /** The far end presses keys. */
  press(digits: string, method: DigitMethod = 'rfc4733'): void {
    for (const digit of digits) for (const listener of [...this.#digitListeners]) listener(digit, method);
  }

  /** The far end says something for so many windows of 100 ms. */
  say(window: HeardWindow, windows: number): void {
    for (let count = 0; count < windows; count++) for (const listener of [...this.#observers]) listener(window);
  }

  /** The far end has been silent, beeps or begins to speak. */
  hear(heard: Heard): void {
    for (const { options, settle } of [...this.#listening]) {
      if ((heard.kind === 'answer') === (options.answer !== undefined)) settle(heard);
    }
  }

  /** What is being recorded ends because the far end said nothing for long enough. */
  fallSilent(): void {
    for (const end of [...this.#recordings]) end('silence');
  }

  /** Its worker dies. */
  async fail(): Promise<void> {
    const failure = this.#failure;
    await this.close();
    failure?.(new Error('the worker died'));
  }

  loseMedia(): void {
    this.#mediaTimeout?.();
  }
}

function lengthOf(source: PlaySource): number {
  if (source.kind === 'clip') return (source.clip.pcm.length * 1000) / source.clip.sampleRate;
  if (source.kind === 'silence') return source.ms;
  if (typeof source.tone === 'object') return source.tone.ms;
  return ENDLESS_TONES.has(source.tone) ? Number.POSITIVE_INFINITY : BEEP_MS;
}
