import type { Clock } from '../runtime/clock.ts';
import { DigitsSent } from './digits-sent.ts';
import { LegPlays } from './leg-plays.ts';
import { LegStreamHandles } from './leg-streams.ts';
import type {
  DigitMethod,
  Heard,
  HeardWindow,
  LegSecurity,
  ListenOptions,
  MediaFlow,
  MediaLeg,
  MediaStats,
  Playback,
  PlayOptions,
  PlaySource,
  Recording,
  RecordOptions,
  SendDigitsOptions,
} from './media-engine.ts';
import type { RecordingThread } from './recorder/recording-thread.ts';
import { newIceCredentials } from './secure/leg-identity.ts';
import type { AudioFeed, AudioTap, TapListener, TapOptions } from './stream-audio.ts';
import type { MediaCommand, MediaEvent, WorkerSource } from './worker/protocol.ts';
import type { WorkerLink } from './worker/worker-link.ts';

/** The stats of a leg whose worker died before it could tell them. */
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

interface DigitJob {
  firstSent(): void;
  allSent(): void;
}

export interface LegHandleSurroundings {
  readonly clock: Clock;
  readonly recordings: RecordingThread;
  /** The next number for a play, recording, ...; they differ over the life of the process. */
  nextId(): number;
  /** The leg is gone: its port and its place on the worker are free. */
  released(leg: LegHandle): void;
}

/** The main thread's side of a leg: turns calls into commands and events into promises. */
export class LegHandle implements MediaLeg {
  readonly id: number;
  readonly localPort: number;
  readonly link: WorkerLink;
  readonly streams: LegStreamHandles;
  readonly #around: LegHandleSurroundings;
  readonly #plays: LegPlays;
  readonly #jobs = new Map<number, DigitJob>();
  readonly #ears = new Map<number, (heard: Heard | undefined) => void>();
  readonly #recordings = new Set<number>();
  readonly #watches = new Map<number, () => void>();
  readonly #requests = new Map<number, (stats: MediaStats) => void>();
  readonly #digitListeners = new Set<(digit: string, method: DigitMethod) => void>();
  /** Who relays the far end's keys to others that take them by signalling. */
  readonly #relays = new Set<(digit: string) => void>();
  readonly #sent: DigitsSent;
  readonly #speakingListeners = new Set<(speaking: boolean) => void>();
  readonly #observers = new Set<(window: HeardWindow) => void>();
  readonly #failureListeners = new Set<(error: Error) => void>();
  #flow: MediaFlow | undefined;
  #security: LegSecurity | undefined;
  #closing: Promise<MediaStats> | undefined;
  #gone = false;

  constructor(id: number, localPort: number, link: WorkerLink, around: LegHandleSurroundings, security?: LegSecurity) {
    this.id = id;
    this.localPort = localPort;
    this.link = link;
    this.#around = around;
    this.#security = security;
    this.#sent = new DigitsSent(around.clock);
    const isClosed = () => this.closed;
    this.#plays = new LegPlays({
      nextId: () => around.nextId(),
      get closed() {
        return isClosed();
      },
      begin: (play, sources, { loop, maxMs, mix = false, over = false }) => {
        const layer = over ? 'over' : 'below';
        this.#send({ do: 'play', leg: id, play, sources: sources.map(workerSource), loop, maxMs, mix, layer });
      },
      stop: (play) => this.#send({ do: 'stop-play', leg: id, play }),
    });
    this.streams = new LegStreamHandles({
      leg: id,
      nextId: () => around.nextId(),
      get closed() {
        return isClosed();
      },
      send: (command) => this.#send(command),
    });
  }

  get closed(): boolean {
    return this.#gone || this.#closing !== undefined;
  }

  /** It speaks and hears at 16 kHz. */
  get isWide(): boolean {
    return this.#flow?.codec === 'G722' || this.#flow?.codec === 'OPUS';
  }

  get security(): LegSecurity | undefined {
    return this.#security;
  }

  restartIce(): void {
    if (!this.#security) return;
    this.#security = { ...this.#security, credentials: newIceCredentials() };
    this.#send({ do: 'restart-ice', leg: this.id, credentials: this.#security.credentials });
  }

  setFlow(flow: MediaFlow): void {
    this.#flow = flow;
    this.#send({ do: 'flow', leg: this.id, flow });
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    return this.#plays.play(sources, options);
  }

  sendDigits(
    digits: string,
    options: SendDigitsOptions,
    signal?: AbortSignal,
  ): { readonly firstSent: Promise<void>; readonly allSent: Promise<void> } {
    const job = this.#around.nextId();
    const first = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const cancel = () => {
      this.#send({ do: 'cancel-digits', leg: this.id, job });
      this.#jobs.get(job)?.allSent();
    };
    const end = () => {
      signal?.removeEventListener('abort', cancel);
      this.#jobs.delete(job);
      first.resolve();
      all.resolve();
    };
    if (this.closed || signal?.aborted || digits === '') end();
    else {
      // Those that were sent before may still be on their way: it is the worker that knows when these begin.
      const firstSent = () => {
        void all.promise.then(this.#sent.pace(digits, options));
        first.resolve();
      };
      this.#jobs.set(job, { firstSent, allSent: end });
      signal?.addEventListener('abort', cancel, { once: true });
      this.#send({ do: 'send-digits', leg: this.id, job, digits, ...options });
    }
    return { firstSent: first.promise, allSent: all.promise };
  }

  onDigit(listener: (digit: string, method: DigitMethod) => void): () => void {
    this.#digitListeners.add(listener);
    if (this.#digitListeners.size === 1) this.#send({ do: 'hear-digits', leg: this.id, on: true });
    return () => {
      if (!this.#digitListeners.delete(listener)) return;
      if (this.#digitListeners.size === 0) this.#send({ do: 'hear-digits', leg: this.id, on: false });
    };
  }

  onDigitSent(listener: (digit: string, toneMs: number) => void): () => void {
    return this.#sent.listen(listener);
  }

  /** Hears of the far end's keys, as far as they are found anyway: nothing is listened for. The returned function ends it. */
  relayDigits(relay: (digit: string) => void): () => void {
    this.#relays.add(relay);
    return () => this.#relays.delete(relay);
  }

  /** A key of somebody else is sent to the far end. It is told of it, if it takes keys by signalling. */
  relayed(digit: string): void {
    if (this.#security) this.#sent.tell(digit);
  }

  digitFromSignalling(digit: string): void {
    this.#send({ do: 'signalled-digit', leg: this.id, digit });
  }

  /** In a room: begins or stops to speak. The returned function ends the subscription. */
  onSpeaking(listener: (speaking: boolean) => void): () => void {
    this.#speakingListeners.add(listener);
    return () => this.#speakingListeners.delete(listener);
  }

  listen(options: ListenOptions, signal: AbortSignal): Promise<Heard | undefined> {
    if (this.closed || signal.aborted) return Promise.resolve(undefined);
    const ear = this.#around.nextId();
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#send({ do: 'stop-listening', leg: this.id, ear });
        end(undefined);
      };
      const end = (heard: Heard | undefined) => {
        this.#ears.delete(ear);
        signal.removeEventListener('abort', onAbort);
        resolve(heard);
      };
      this.#ears.set(ear, end);
      signal.addEventListener('abort', onAbort, { once: true });
      const { silenceMs, beep, speech = false, answer } = options;
      this.#send({ do: 'listen', leg: this.id, ear, silenceMs, beep, speech, answer });
    });
  }

  observe(listener: (window: HeardWindow) => void): () => void {
    this.#observers.add(listener);
    if (this.#observers.size === 1) this.#send({ do: 'observe', leg: this.id, on: true });
    return () => {
      if (!this.#observers.delete(listener)) return;
      if (this.#observers.size === 0) this.#send({ do: 'observe', leg: this.id, on: false });
    };
  }

  record(options: RecordOptions): Recording {
    const recording = this.#around.nextId();
    const sampleRate = this.isWide ? 16000 : 8000;
    const stop = () => this.#send({ do: 'stop-recording', leg: this.id, recording });
    const started = this.#around.recordings.start(recording, options, sampleRate, () => {
      this.#recordings.delete(recording);
      stop();
    });
    if (this.closed) this.#around.recordings.finish(recording, 'closed');
    else {
      this.#recordings.add(recording);
      const { channels, maxMs, silenceMs } = options;
      this.#send({
        do: 'record',
        leg: this.id,
        recording,
        options: { channels, sampleRate, ring: started.ring, maxMs, silenceMs },
      });
    }
    const pause = (paused: boolean) => this.#send({ do: 'pause-recording', leg: this.id, recording, paused });
    return { ended: started.ended, pause: () => pause(true), resume: () => pause(false), stop };
  }

  tap(options: TapOptions, listener: TapListener): AudioTap {
    return this.streams.tap(options, listener);
  }

  feed(): AudioFeed {
    return this.streams.feed('far-end');
  }

  /** What the room hears in place of the far end. */
  voice(): AudioFeed {
    return this.streams.feed('room');
  }

  onMediaTimeout(ms: number, listener: () => void): () => void {
    const watch = this.#around.nextId();
    this.#watches.set(watch, listener);
    this.#send({ do: 'watch', leg: this.id, watch, ms });
    return () => {
      if (this.#watches.delete(watch)) this.#send({ do: 'unwatch', leg: this.id, watch });
    };
  }

  onFailure(listener: (error: Error) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  stats(): Promise<MediaStats> {
    if (this.#closing) return this.#closing;
    if (this.#gone) return Promise.resolve(NO_STATS);
    return this.#request('stats');
  }

  close(): Promise<MediaStats> {
    if (this.#closing) return this.#closing;
    if (this.#gone) return Promise.resolve(NO_STATS);
    this.#closing = this.#request('close').then((stats) => {
      this.#end();
      return stats;
    });
    return this.#closing;
  }

  /** Something of this leg happened in the worker. */
  take(event: Extract<MediaEvent, { leg: number }>): void {
    switch (event.is) {
      case 'play-ended':
        this.#plays.ended(event.play, event.end);
        return;
      case 'first-digit-sent':
        this.#jobs.get(event.job)?.firstSent();
        return;
      case 'digits-sent':
        this.#jobs.get(event.job)?.allSent();
        return;
      case 'digit':
        for (const listener of [...this.#digitListeners]) listener(event.digit, event.method);
        for (const relay of this.#relays) relay(event.digit);
        return;
      case 'speaking':
        for (const listener of [...this.#speakingListeners]) listener(event.speaking);
        return;
      case 'observed':
        for (const listener of [...this.#observers]) listener(event.window);
        return;
      case 'heard':
        this.#ears.get(event.ear)?.(event.heard);
        return;
      case 'recording-ended':
        if (this.#recordings.delete(event.recording)) this.#around.recordings.finish(event.recording, event.cause);
        return;
      case 'feed-mark':
        this.streams.marked(event.mark, event.played);
        return;
      case 'media-timeout':
        this.#watches.get(event.watch)?.();
        return;
      case 'stats':
        this.#requests.get(event.request)?.(event.stats);
        this.#requests.delete(event.request);
        return;
      case 'leg-failed':
        this.fail(new Error(event.error));
        return;
      case 'opened':
      case 'open-failed':
        return; // before there is a leg
    }
  }

  /** The leg is gone without having been asked to: all that runs on it ends as closed, then the listeners hear why. */
  fail(error: Error): void {
    if (this.#gone) return;
    this.#end();
    for (const listener of [...this.#failureListeners]) listener(error);
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#plays.close();
    for (const job of [...this.#jobs.values()]) job.allSent();
    for (const resolve of [...this.#ears.values()]) resolve(undefined);
    for (const recording of this.#recordings) this.#around.recordings.finish(recording, 'closed');
    for (const resolve of this.#requests.values()) resolve(NO_STATS);
    this.streams.end();
    this.#recordings.clear();
    this.#watches.clear();
    this.#requests.clear();
    this.#digitListeners.clear();
    this.#relays.clear();
    this.#sent.close();
    this.#observers.clear();
    this.#speakingListeners.clear();
    this.#around.released(this);
  }

  #request(kind: 'stats' | 'close'): Promise<MediaStats> {
    const request = this.#around.nextId();
    return new Promise((resolve) => {
      this.#requests.set(request, resolve);
      this.link.send({ do: kind, leg: this.id, request });
    });
  }

  #send(command: MediaCommand): void {
    if (!this.closed) this.link.send(command);
  }
}

export function workerSource(source: PlaySource): WorkerSource {
  if (source.kind !== 'clip') return source;
  const { id, sampleRate, pcm } = source.clip;
  return { kind: 'clip', id, sampleRate, pcm };
}
