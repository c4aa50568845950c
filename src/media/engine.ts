import { availableParallelism } from 'node:os';
import type { Clock } from '../runtime/clock.ts';
import { selfSignedCertificate } from '../runtime/self-signed-certificate.ts';
import type { AudioLimits } from './audio-files/decode-audio.ts';
import { DecodeThread } from './decoding/decode-thread.ts';
import { LegHandle, type LegHandleSurroundings } from './leg-handle.ts';
import type { Clip, MediaBridge, MediaCounts, MediaEngine, MediaLeg, MediaRoom, OpenLegOptions } from './media-engine.ts';
import { RecordingThread } from './recorder/recording-thread.ts';
import { RoomHandle, type RoomHandleSurroundings } from './room-handle.ts';
import { PortPool } from './rtp/port-pool.ts';
import type { DtlsIdentity } from './secure/dtls-keys.ts';
import { HandshakeThread } from './secure/handshake-thread.ts';
import { fingerprintOf, newIceCredentials } from './secure/leg-identity.ts';
import { allocateFrameRing } from './worker/frame-ring.ts';
import { BRIDGE_RING_BYTES, BRIDGE_RING_SLOTS } from './worker/partner.ts';
import type { MediaEvent, WorkerSecurity, WorkerSettings } from './worker/protocol.ts';
import { WorkerLink } from './worker/worker-link.ts';

export interface MediaEngineOptions {
  readonly clock: Clock;
  /** Address that RTP is received on and sent from. */
  readonly bindAddress: string;
  /** UDP ports to take, first and last included. A leg takes two. */
  readonly ports: { readonly from: number; readonly to: number };
  /** Threads that legs are spread over; default: as many as the machine has cores. */
  readonly workers?: number;
  /** Legs that a thread has before the next one gets any; default 128. */
  readonly legsBeforeNextWorker?: number;
  /** When the sound of keys is looked for; default: only if the far end has no telephone events. */
  readonly inbandDigits?: 'without-telephone-event' | 'always';
  /** Octets of encoded clips that each worker keeps for the next play; default 64 MB, some two hours and a quarter of audio. */
  readonly encodedClipBytes?: number;
  /** What `decodeClip` refuses; default 64 MB and half an hour, which is 58 MB of PCM at 16 kHz. */
  readonly decodeLimits?: AudioLimits;
  /** A thread died. Its legs have ended by then; another thread takes its place. For the log. */
  readonly onFault?: (error: Error) => void;
}

/**
 * A thread wakes 250 times a second whatever it has to do, and its start with all that is compiled in it takes half a second of CPU:
 * 100 legs cost 1.38 ms of CPU per leg-second on one thread and 1.83 on two. So many take a fifth of a core with G.711, and three
 * quarters if all were transcoded to G.722. More than 100: a hundred calls that come and go are now and then a hundred and one.
 */
const DEFAULT_LEGS_BEFORE_NEXT_WORKER = 128;
/** As many legs with Opus (0.1 ms a frame) and SRTP take a quarter of a core. */
const SECURED_LEGS_BEFORE_NEXT_WORKER = 32;
const DEFAULT_ENCODED_CLIP_BYTES = 64 * 1024 * 1024;
const DEFAULT_DECODE_LIMITS: AudioLimits = { maxBytes: 64 * 1024 * 1024, maxSeconds: 1_800 };
/** Ports of the range that other programs hold are passed over; after so many in a row something else is wrong. */
const MAX_BIND_ATTEMPTS = 64;
/** A thread that died is not started again before this much time, times its deaths in a row, so that a fault at start is no storm. */
const RESTART_DELAY_MS = 200;
const MAX_RESTART_DELAY_MS = 5_000;
/** A thread that lived for this long has had a good start. */
const GOOD_LIFE_MS = 60_000;

/** A thread without legs is ended after this time, save the last one (see `WORN_LEGS`): it is 25 MB and more, and starts again within the ringing of a call. */
const REST_MS = 10_000;
/**
 * The last thread is replaced by a fresh one instead, if it has had so many legs: the heap of a thread, the arenas of the system's allocator and
 * what libuv keeps of a thousand sockets do not shrink by themselves.
 */
const WORN_LEGS = 32;

/** Nobody checks the name or the time of a certificate that is known by its fingerprint (RFC 8122); it lives as long as the process. */
const CERTIFICATE_NAME = 'webrtc';
const CERTIFICATE_VALID_MS = 10 * 365 * 86_400_000;

/** A thread's place. After a death another thread comes with the next leg. */
interface Seat {
  link: WorkerLink | undefined;
  startedAtMs: number;
  deaths: number;
  notBeforeMs: number;
  cancelRest: () => void;
}

interface Bridge {
  readonly a: LegHandle;
  readonly b: LegHandle;
  dissolve(): void;
}

/** Starts the media engine with its threads. @throws RangeError when the port range holds no pair */
export function createMediaEngine(options: MediaEngineOptions): MediaEngine {
  return new ThreadedMediaEngine(options);
}

class ThreadedMediaEngine implements MediaEngine, LegHandleSurroundings, RoomHandleSurroundings {
  readonly clock: Clock;
  readonly recordings: RecordingThread;
  readonly #ports: PortPool;
  readonly #legsBeforeNext: number;
  readonly #settings: Omit<WorkerSettings, 'wake' | 'descriptors'>;
  readonly #seats: Seat[];
  readonly #onFault: (error: Error) => void;
  readonly #decoding: DecodeThread;
  readonly #handshakes: HandshakeThread;
  readonly #legs = new Map<number, LegHandle>();
  readonly #bridges = new Set<Bridge>();
  readonly #rooms = new Map<number, RoomHandle>();
  readonly #opening = new Map<number, { link: WorkerLink; settle(code: string | undefined): void }>();
  /** Tells the workers to let encoded forms go when nobody can ask for the clip any more. */
  readonly #deadClips = new FinalizationRegistry<number>((clip) => this.#forgetClip(clip));
  #lastId = 0;
  /** Of all secured legs; made for the first. */
  #identity: DtlsIdentity | undefined;
  #closed = false;

  constructor(options: MediaEngineOptions) {
    this.clock = options.clock;
    this.#onFault = options.onFault ?? (() => undefined);
    const pairs = Math.floor((options.ports.to - options.ports.from + 1) / 2);
    this.#ports = new PortPool(options.ports, options.clock, Math.floor(Math.random() * Math.max(1, pairs)));
    this.#legsBeforeNext = options.legsBeforeNextWorker ?? DEFAULT_LEGS_BEFORE_NEXT_WORKER;
    this.#settings = {
      bindAddress: options.bindAddress,
      inbandDigits: options.inbandDigits ?? 'without-telephone-event',
      encodedClipBytes: options.encodedClipBytes ?? DEFAULT_ENCODED_CLIP_BYTES,
    };
    const workers = Math.max(1, options.workers ?? availableParallelism());
    this.#seats = Array.from({ length: workers }, () => ({
      link: undefined,
      startedAtMs: 0,
      deaths: 0,
      notBeforeMs: 0,
      cancelRest: () => undefined,
    }));
    // At once, so that the first call does not wait for a thread to start. The others start when they are needed: 23 MB each.
    const [first] = this.#seats;
    if (first) first.link = this.#start(first);
    this.recordings = new RecordingThread(options.clock, this.#onFault);
    this.#handshakes = new HandshakeThread(options.clock, this.#onFault);
    this.#decoding = new DecodeThread(options.clock, options.decodeLimits ?? DEFAULT_DECODE_LIMITS);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  async openLeg(options: OpenLegOptions = {}): Promise<MediaLeg> {
    const secure = options.secured ? this.#security() : undefined;
    const near = options.near instanceof LegHandle && !options.near.closed ? options.near : undefined;
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw new Error('the media engine is closed');
      const link = near?.closed === false ? near.link : this.threadForNext(options.secured);
      const rtpPort = this.#ports.take();
      const id = this.nextId();
      link.legs++;
      link.opened++;
      link.keepAlive(true);
      if (secure) this.#handshakes.engage(link);
      const code = await new Promise<string | undefined>((resolve) => {
        this.#opening.set(id, { link, settle: resolve });
        link.send({ do: 'open', leg: id, rtpPort, near: near?.link === link ? near.id : undefined, secure });
      });
      this.#opening.delete(id);
      if (code === undefined) return this.#opened(id, rtpPort, link, secure);
      this.#ports.giveBack(rtpPort);
      this.#leave(link);
      if (secure) this.#handshakes.release();
      if (code !== 'EADDRINUSE' || attempt >= MAX_BIND_ATTEMPTS) throw new Error(`RTP port ${rtpPort} cannot be opened: ${code}`);
    }
  }

  bridge(a: MediaLeg, b: MediaLeg): MediaBridge {
    if (!(a instanceof LegHandle && b instanceof LegHandle) || a === b) throw new TypeError('two legs of this engine are needed');
    this.parted(a);
    this.parted(b);
    if (a.closed || b.closed) return { dissolve: () => undefined };
    if (a.link === b.link) {
      a.link.send({ do: 'bridge', leg: a.id, partner: b.id, rings: undefined });
      b.link.send({ do: 'bridge', leg: b.id, partner: a.id, rings: undefined });
    } else {
      const ab = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
      const ba = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
      a.link.send({ do: 'bridge', leg: a.id, partner: undefined, rings: { toPartner: ab, fromPartner: ba } });
      b.link.send({ do: 'bridge', leg: b.id, partner: undefined, rings: { toPartner: ba, fromPartner: ab } });
    }
    const relays = [a.relayDigits((digit) => b.relayed(digit)), b.relayDigits((digit) => a.relayed(digit))];
    const bridge: Bridge = {
      a,
      b,
      dissolve: () => {
        if (!this.#bridges.delete(bridge)) return;
        for (const stop of relays) stop();
        for (const leg of [a, b]) {
          if (!leg.closed) leg.link.send({ do: 'unbridge', leg: leg.id });
        }
      },
    };
    this.#bridges.add(bridge);
    return bridge;
  }

  createRoom(): MediaRoom {
    const room = new RoomHandle(this.nextId(), this);
    this.#rooms.set(room.id, room);
    return room;
  }

  /** The leg leaves its bridge or room. */
  parted(leg: LegHandle): void {
    for (const bridge of [...this.#bridges]) {
      if (bridge.a === leg || bridge.b === leg) bridge.dissolve();
    }
    for (const room of this.#rooms.values()) room.memberOf(leg)?.leave();
  }

  roomClosed(room: RoomHandle): void {
    this.#rooms.delete(room.id);
    if (room.link?.legs === 0) this.#restSoon(room.link);
  }

  createClip(pcm: Int16Array, sampleRate: 8000 | 16000): Clip {
    const shared = new Int16Array(new SharedArrayBuffer(pcm.byteLength));
    shared.set(pcm);
    return this.#clip(shared, sampleRate);
  }

  async decodeClip(file: Uint8Array): Promise<Clip> {
    const { pcm, sampleRate } = await this.#decoding.decode(file);
    return this.#clip(pcm, sampleRate);
  }

  counts(): MediaCounts {
    return {
      legs: this.#legs.size,
      bridges: this.#bridges.size,
      rooms: this.#rooms.size,
      ports: this.#ports.taken * 2,
      recordings: this.recordings.size,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const room of [...this.#rooms.values()]) room.close();
    await Promise.all([...this.#legs.values()].map((leg) => leg.close()));
    for (const opening of this.#opening.values()) opening.settle('closed');
    await Promise.all([
      this.recordings.close(),
      this.#decoding.close(),
      this.#handshakes.close(),
      ...this.#seats.map(async (seat) => {
        seat.cancelRest();
        await seat.link?.close();
        seat.link = undefined;
      }),
    ]);
  }

  released(leg: LegHandle): void {
    this.#legs.delete(leg.id);
    this.#ports.giveBack(leg.localPort);
    this.#leave(leg.link);
    if (leg.security) this.#handshakes.release();
    this.parted(leg);
  }

  #opened(id: number, rtpPort: number, link: WorkerLink, secure: WorkerSecurity | undefined): LegHandle {
    const security = secure && { fingerprint: fingerprintOf(secure.identity.cert), credentials: secure.credentials };
    const leg = new LegHandle(id, rtpPort, link, this, security);
    this.#legs.set(id, leg);
    return leg;
  }

  #security(): WorkerSecurity {
    this.#identity ??= selfSignedCertificate(CERTIFICATE_NAME, this.clock.now(), CERTIFICATE_VALID_MS);
    return { identity: this.#identity, credentials: newIceCredentials() };
  }

  #leave(link: WorkerLink): void {
    link.legs--;
    if (link.legs > 0) return;
    link.keepAlive(false);
    this.#restSoon(link);
  }

  #restSoon(link: WorkerLink): void {
    const seat = this.#seats.find((other) => other.link === link);
    if (!seat || this.#closed) return;
    seat.cancelRest();
    seat.cancelRest = this.clock.after(REST_MS, () => this.#rest(seat));
  }

  #rest(seat: Seat): void {
    const { link } = seat;
    if (!link || link.legs > 0) return;
    // A room stays where its first member was: those of other threads are still in it.
    if ([...this.#rooms.values()].some((room) => room.link === link)) return;
    const isLast = this.#seats.every((other) => other === seat || !other.link);
    if (isLast && link.opened < WORN_LEGS) return;
    seat.link = isLast ? this.#start(seat) : undefined;
    void link.close();
  }

  #clip(pcm: Int16Array, sampleRate: 8000 | 16000): Clip {
    const clip: Clip = { id: this.nextId(), sampleRate, pcm };
    this.#deadClips.register(clip, clip.id);
    return clip;
  }

  #forgetClip(clip: number): void {
    for (const seat of this.#seats) seat.link?.send({ do: 'forget-clip', clip });
  }

  /** The first thread that has room before the next is needed, else the one with the fewest legs. @throws when every thread died a moment ago */
  threadForNext(secured = false): WorkerLink {
    const now = this.clock.monotonic();
    const before = secured ? Math.min(this.#legsBeforeNext, SECURED_LEGS_BEFORE_NEXT_WORKER) : this.#legsBeforeNext;
    let best: Seat | undefined;
    for (const seat of this.#seats) {
      if (!seat.link && seat.notBeforeMs > now) continue;
      const legs = seat.link?.legs ?? 0;
      if (!best || legs < (best.link?.legs ?? 0)) best = seat;
      if (legs < before) break;
    }
    if (!best) throw new Error('the media workers have failed and are not back yet');
    best.cancelRest();
    best.link ??= this.#start(best);
    return best.link;
  }

  #start(seat: Seat): WorkerLink {
    const now = this.clock.monotonic();
    seat.startedAtMs = now;
    const link = new WorkerLink(this.#settings, {
      event: (event) => this.#take(event),
      died: (error) => this.#onDeath(seat, link, error),
    });
    link.keepAlive(false);
    return link;
  }

  #take(event: MediaEvent): void {
    if (event.is === 'ready') return;
    if (event.is === 'opened') this.#opening.get(event.leg)?.settle(undefined);
    else if (event.is === 'open-failed') this.#opening.get(event.leg)?.settle(event.code);
    else if (event.is === 'tapped') this.#takeTapped(event);
    else if ('room' in event) this.#rooms.get(event.room)?.take(event);
    else this.#legs.get(event.leg)?.take(event);
  }

  #takeTapped({ frames, audio }: Extract<MediaEvent, { is: 'tapped' }>): void {
    for (const { leg, tap, track, start, length } of frames) {
      this.#legs.get(leg)?.streams.tapped(tap, track, new Uint8Array(audio, start, length));
    }
  }

  #onDeath(seat: Seat, link: WorkerLink, error: Error): void {
    const now = this.clock.monotonic();
    seat.link = undefined;
    seat.deaths = now - seat.startedAtMs > GOOD_LIFE_MS ? 1 : seat.deaths + 1;
    seat.notBeforeMs = now + Math.min(MAX_RESTART_DELAY_MS, RESTART_DELAY_MS * (seat.deaths - 1));
    for (const opening of this.#opening.values()) {
      if (opening.link === link) opening.settle(error.message);
    }
    for (const leg of [...this.#legs.values()]) {
      if (leg.link === link) leg.fail(error);
    }
    for (const room of this.#rooms.values()) {
      if (room.link === link) room.lost();
    }
    this.#onFault(error);
  }
}
