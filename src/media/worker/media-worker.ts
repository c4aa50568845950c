/** Entry of a media worker thread: the legs and rooms that live here, the wheel that ticks them, and the commands that arrive. */

import { randomFillSync } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { loadOpus } from '../codecs/opus.ts';
import { telephonyCodecs } from '../codecs/registry.ts';
import { DescriptorTable } from '../rtp/descriptor-table.ts';
import type { RtpSocket, RtpSockets } from '../rtp/rtp-socket.ts';
import { workerSockets } from '../rtp/worker-sockets.ts';
import type { BeginHandshake } from '../secure/handshake.ts';
import { RemoteHandshakes } from '../secure/remote-handshakes.ts';
import { SdesTransport } from '../secure/sdes-transport.ts';
import { SecureTransport } from '../secure/secure-transport.ts';
import { EncodedClips } from './encoded-clips.ts';
import { encodedSilence } from './encoded-silence.ts';
import { Leg } from './leg.ts';
import type { LegSurroundings } from './leg-surroundings.ts';
import { LocalPartner, RemotePartner } from './partner.ts';
import { clipKey } from './player.ts';
import type { MediaCommand, MediaEvent, RoomCommand, WorkerSecurity, WorkerSettings } from './protocol.ts';
import { RecordingTap } from './recording-tap.ts';
import { Room } from './room.ts';
import { RoomSeat } from './room-seat.ts';
import { RoomVoice } from './room-voice.ts';
import { SlotWheel } from './slot-wheel.ts';
import { StreamBatch } from './stream-batch.ts';

/** Receive buffer of an RTP socket, octets: half a second of packets, so that a stalled thread loses nothing and a flood stays small. */
const RTP_RECEIVE_BUFFER_BYTES = 65_536;

class MediaWorker {
  readonly #sockets: RtpSockets;
  readonly #wake: Int32Array;
  readonly #legs = new Map<number, Leg>();
  readonly #rooms = new Map<number, Room>();
  /** Places of legs in rooms. */
  readonly #seats = new WeakMap<Leg, RoomSeat>();
  /** Of legs that have been in a room, or have a feed. */
  readonly #voices = new WeakMap<Leg, RoomVoice>();
  readonly #clips: EncodedClips;
  readonly #wheel: SlotWheel<Leg | Room>;
  readonly #around: LegSurroundings;
  readonly #tell: (event: MediaEvent) => void;
  readonly #batch: StreamBatch;
  readonly #handshakes = new RemoteHandshakes();
  readonly #randomPool = new Uint32Array(64);
  #randomLeft = 0;
  #turning = false;

  constructor(
    settings: WorkerSettings,
    sockets: RtpSockets,
    tell: (event: MediaEvent, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.#sockets = sockets;
    this.#tell = tell;
    this.#wake = new Int32Array(settings.wake);
    this.#clips = new EncodedClips(settings.encodedClipBytes);
    this.#batch = new StreamBatch(this.#wake, tell);
    this.#wheel = new SlotWheel((member, error) =>
      member instanceof Leg ? this.#fail(member, error) : this.#failRoom(member, error),
    );
    this.#around = {
      settings,
      clips: this.#clips,
      tell,
      tapped: (leg, tap, track, bytes) => this.#batch.add(leg, tap, track, bytes),
      shift: (id, slots) => {
        const leg = this.#legs.get(id);
        if (leg) this.#wheel.shift(leg, slots);
      },
      random32: () => this.#random32(),
      monotonic: () => performance.now(),
      wall: () => Date.now(),
    };
  }

  obey(command: MediaCommand): void {
    if (command.do === 'open') {
      this.#open(command);
      return;
    }
    if (command.do === 'forget-clip') {
      this.#clips.forget(clipKey(command.clip));
      return;
    }
    if (command.do === 'handshakes') {
      this.#handshakes.connect(command.port);
      return;
    }
    if ('room' in command) {
      this.#obeyForRoom(command);
      return;
    }
    const leg = this.#legs.get(command.leg);
    if (!leg) return;
    try {
      this.#obeyFor(leg, command);
    } catch (error) {
      this.#fail(leg, error);
    }
  }

  #obeyFor(leg: Leg, command: Exclude<MediaCommand, { do: 'open' | 'forget-clip' | 'handshakes' } | { room: number }>): void {
    switch (command.do) {
      case 'restart-ice':
        leg.restartIce(command.credentials);
        return;
      case 'flow':
        leg.setFlow(command.flow);
        return;
      case 'play':
        leg.play(command);
        return;
      case 'stop-play':
        leg.stopPlay(command.play);
        return;
      case 'send-digits':
        leg.sendDigits(command);
        return;
      case 'cancel-digits':
        leg.cancelDigits(command.job);
        return;
      case 'signalled-digit':
        leg.signalledDigit(command.digit);
        return;
      case 'hear-digits':
        leg.hearDigits(command.on);
        return;
      case 'observe':
        leg.observe(command.on);
        return;
      case 'listen':
        leg.listen({
          id: command.ear,
          silenceMs: command.silenceMs,
          beep: command.beep,
          speech: command.speech,
          answer: command.answer,
        });
        return;
      case 'stop-listening':
        leg.stopListening(command.ear);
        return;
      case 'record':
        leg.record(new RecordingTap(command.recording, command.options));
        return;
      case 'pause-recording':
        leg.pauseRecording(command.recording, command.paused);
        return;
      case 'stop-recording':
        leg.endRecording(command.recording, 'stopped');
        return;
      case 'watch':
        leg.watch(command.watch, command.ms);
        return;
      case 'unwatch':
        leg.unwatch(command.watch);
        return;
      case 'bridge':
        this.#bridge(leg, command);
        return;
      case 'tap':
      case 'stop-tap':
        leg.stream(command);
        return;
      case 'feed':
      case 'feed-audio':
      case 'feed-mark':
      case 'clear-feed':
      case 'close-feed':
        if (!this.#voiceOf(leg).obey(command)) leg.stream(command);
        return;
      case 'unbridge':
        leg.bridge(undefined);
        return;
      case 'sit':
        this.#sit(leg, command);
        return;
      case 'seat-settings':
        this.#seats.get(leg)?.set(command.settings);
        return;
      case 'stats':
        this.#tell({ is: 'stats', leg: leg.id, request: command.request, stats: leg.stats() });
        return;
      case 'close':
        this.#close(leg, command.request);
        return;
    }
  }

  #bridge(leg: Leg, command: Extract<MediaCommand, { do: 'bridge' }>): void {
    if (command.rings) {
      leg.bridge(new RemotePartner(command.rings));
      return;
    }
    const other = command.partner === undefined ? undefined : this.#legs.get(command.partner);
    leg.bridge(other ? new LocalPartner(other) : undefined);
  }

  #sit(leg: Leg, { rings, inStep, settings }: Extract<MediaCommand, { do: 'sit' }>): void {
    const tell = (speaking: boolean) => this.#tell({ is: 'speaking', leg: leg.id, speaking });
    const seat = new RoomSeat(rings, inStep, settings, tell, this.#voiceOf(leg));
    this.#seats.set(leg, seat);
    leg.bridge(seat);
  }

  #voiceOf(leg: Leg): RoomVoice {
    const voice = this.#voices.get(leg) ?? new RoomVoice(leg.id, this.#around);
    this.#voices.set(leg, voice);
    return voice;
  }

  #obeyForRoom(command: RoomCommand): void {
    if (command.do === 'open-room') {
      const room = new Room(command.room, this.#tell);
      this.#rooms.set(room.id, room);
      this.#tick(room, undefined);
      return;
    }
    const room = this.#rooms.get(command.room);
    if (!room) return;
    switch (command.do) {
      case 'room-join':
        room.join(command);
        return;
      case 'room-hearing':
        room.setHearing(command.member, command.hearing);
        return;
      case 'room-leave':
        room.leave(command.member);
        return;
      case 'room-play':
        room.play(command);
        return;
      case 'room-stop-play':
        room.stopPlay(command.play);
        return;
      case 'room-record':
        room.record(new RecordingTap(command.recording, command.options), command.saidToAll);
        return;
      case 'room-pause-recording':
        room.pauseRecording(command.recording, command.paused);
        return;
      case 'room-stop-recording':
        room.endRecording(command.recording, 'stopped');
        return;
      case 'close-room':
        this.#closeRoom(room);
        return;
    }
  }

  #closeRoom(room: Room): boolean {
    if (!this.#rooms.delete(room.id)) return false;
    this.#wheel.remove(room);
    room.close();
    return true;
  }

  /** Its members' legs go on in silence; the main thread decides what becomes of them. */
  #failRoom(room: Room, error: unknown): void {
    if (!this.#closeRoom(room)) return;
    this.#tell({ is: 'room-failed', room: room.id, error: error instanceof Error ? error.message : String(error) });
  }

  #tick(member: Leg | Room, near: Leg | undefined): void {
    if (this.#wheel.size === 0) this.#wheel.start(performance.now());
    this.#wheel.add(member, near);
    this.#turn();
  }

  async #open({ leg: id, rtpPort, near, secure }: Extract<MediaCommand, { do: 'open' }>): Promise<void> {
    let leg: Leg;
    try {
      const rtp = await this.#sockets.open(rtpPort, RTP_RECEIVE_BUFFER_BYTES);
      leg = await this.#leg(id, rtp, rtpPort, secure);
    } catch (error) {
      this.#tell({ is: 'open-failed', leg: id, code: codeOf(error) });
      return;
    }
    this.#legs.set(id, leg);
    this.#tick(leg, near === undefined ? undefined : this.#legs.get(near));
    this.#tell({ is: 'opened', leg: id });
  }

  async #leg(id: number, rtp: RtpSocket, rtpPort: number, secure: WorkerSecurity | undefined): Promise<Leg> {
    try {
      if (secure) return await this.#secureLeg(id, rtp, secure);
      const rtcp = await this.#sockets.open(rtpPort + 1, undefined);
      return new Leg(id, new SdesTransport(rtp, rtcp, this.#around.monotonic), this.#around);
    } catch (error) {
      rtp.close();
      throw error;
    }
  }

  /** RTCP comes on the port of RTP. */
  async #secureLeg(id: number, rtp: RtpSocket, { identity, credentials }: WorkerSecurity): Promise<Leg> {
    await loadOpus();
    const begin: BeginHandshake = (...given) => this.#handshakes.begin(...given);
    return new Leg(id, new SecureTransport(rtp, identity, credentials, begin, this.#around.monotonic), this.#around);
  }

  #close(leg: Leg, request: number): void {
    this.#legs.delete(leg.id);
    this.#wheel.remove(leg);
    leg.close();
    this.#tell({ is: 'stats', leg: leg.id, request, stats: leg.stats() });
  }

  /** A fault in the code of one leg ends that leg alone. */
  #fail(leg: Leg, error: unknown): void {
    if (!this.#legs.delete(leg.id)) return;
    this.#wheel.remove(leg);
    leg.close();
    this.#tell({ is: 'leg-failed', leg: leg.id, error: error instanceof Error ? error.message : String(error) });
  }

  /**
   * The loop of a worker that has legs. Between slots it sleeps on a word of shared memory, not in epoll: what arrives meanwhile is
   * then read in one go, which costs less than a wake for each packet, and the sleep ends at the microsecond, not the millisecond of
   * a timer. The main thread ends it with every command, and one pass of the event loop follows each sleep.
   */
  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    const pass = () => {
      if (this.#wheel.size === 0) {
        this.#turning = false;
        return;
      }
      const seen = Atomics.load(this.#wake, 0);
      const waitMs = this.#wheel.untilNextMs(performance.now());
      if (waitMs > 0 && seen === this.#wakeSeen) Atomics.wait(this.#wake, 0, seen, waitMs);
      this.#wakeSeen = seen;
      this.#sockets.read();
      this.#wheel.advance(performance.now());
      this.#batch.flush();
      setImmediate(pass);
    };
    setImmediate(pass);
  }

  /** Value of the wake word when messages were last looked for. */
  #wakeSeen = 0;

  #random32(): number {
    if (this.#randomLeft === 0) {
      randomFillSync(this.#randomPool);
      this.#randomLeft = this.#randomPool.length;
    }
    return this.#randomPool[--this.#randomLeft] ?? 0;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

const port = parentPort;
if (port) {
  const settings: WorkerSettings = workerData;
  // Made before the first leg ticks: some milliseconds for G.722.
  for (const codec of telephonyCodecs) encodedSilence(codec);
  const sockets = await workerSockets(settings.bindAddress, new DescriptorTable(settings.descriptors));
  const worker = new MediaWorker(settings, sockets, (event, transfer) => port.postMessage(event, transfer && [...transfer]));
  port.on('message', (command: MediaCommand) => worker.obey(command));
  port.postMessage({ is: 'ready' } satisfies MediaEvent);
}
