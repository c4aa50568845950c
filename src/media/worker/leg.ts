import type { Codec } from '../codecs/codec.ts';
import { pcmu } from '../codecs/g711.ts';
import { codecByName, keptForm } from '../codecs/registry.ts';
import { DtmfDetector } from '../dtmf/detector.ts';
import type { DigitMethod, MediaFlow, MediaStats, RecordEnd } from '../media-engine.ts';
import { frameSamples } from '../pcm.ts';
import { MAX_PACKETS_A_TURN } from '../rtp/arrival-budget.ts';
import { Latch } from '../rtp/latch.ts';
import { LatenessHistogram } from '../rtp/lateness-histogram.ts';
import { Reception } from '../rtp/reception.ts';
import { createRtpHeader, readRtpHeader } from '../rtp/rtp-packet.ts';
import type { DatagramSource } from '../rtp/rtp-socket.ts';
import type { IceCredentials } from '../secure/ice-lite.ts';
import { ArrivalPhase } from './arrival-phase.ts';
import { AudioFrame, MAX_FRAME_SAMPLES } from './audio-frame.ts';
import { DigitSender } from './digit-sender.ts';
import { type Ear, Ears } from './ears.ts';
import { Inbound } from './inbound.ts';
import { LegStreams } from './leg-streams.ts';
import type { LegSurroundings } from './leg-surroundings.ts';
import type { LegTransport } from './leg-transport.ts';
import { MediaWatches } from './media-watches.ts';
import { Observer } from './observer.ts';
import { Outbound } from './outbound.ts';
import type { Partner } from './partner.ts';
import { Player } from './player.ts';
import { Players } from './players.ts';
import type { MediaCommand, StreamCommand } from './protocol.ts';
import type { RecordingTap } from './recording-tap.ts';
import { ReportExchange } from './report-exchange.ts';
import { RtpSender } from './rtp-sender.ts';
import { type Ticked, TURN_MS } from './slot-wheel.ts';
import { TurnPace } from './turn-pace.ts';

/** Longest packet we send; a larger ptime is a wish that need not be met (RFC 4566 §6). */
const MAX_FRAMES_PER_PACKET = 3;
/** Passed on undecoded by a bridge of equals: saves some 30 us a frame. G.711 costs 1 us, and decoded its lost packets are concealed. */
const PASSED_THROUGH = 'G722';

/** One for the whole worker: every packet is dealt with before the next. */
const header = createRtpHeader();

/** One RTP stream pair in its worker. Everything it needs at every packet is made once, when it is opened. */
export class Leg implements Ticked {
  readonly id: number;
  /** What the far end said in the present turn. */
  readonly heard = new AudioFrame();
  readonly #transport: LegTransport;
  #rtp: LegTransport['rtp'];
  readonly #around: LegSurroundings;
  readonly #latch = new Latch();
  readonly #reception = new Reception();
  readonly #lateness = new LatenessHistogram();
  readonly #sender: RtpSender;
  readonly #digits: DigitSender;
  readonly #ears: Ears;
  readonly #players: Players;
  readonly #inbound: Inbound;
  readonly #reports: ReportExchange;
  /** What the far end hears in the present turn, for recordings. */
  #outgoing = new Int16Array(MAX_FRAME_SAMPLES);
  /** What is played while nothing is sent. */
  readonly #unsent = new Uint8Array(2 * MAX_FRAME_SAMPLES);
  readonly #recordings: RecordingTap[] = [];
  #streams: LegStreams | undefined;
  readonly #watches = new MediaWatches();
  readonly #timedOut: (watch: number) => void;
  #outbound: Outbound | undefined;
  #codec: Codec | undefined;
  #flow: MediaFlow | undefined;
  #sends = false;
  #receives = false;
  #partner: Partner | undefined;
  #hearDigits = false;
  #dtmf: DtmfDetector | undefined;
  #observed = false;
  #observer: Observer | undefined;
  #wantsAudio = false;
  #listening = false;
  readonly #turns = new TurnPace();
  #inTurn = false;
  readonly #phase = new ArrivalPhase();
  #packetsThisTurn = 0;
  #strays = 0;
  #lastValidMs = 0;

  constructor(id: number, transport: LegTransport, around: LegSurroundings) {
    this.id = id;
    this.#transport = transport;
    this.#rtp = transport.rtp;
    this.#around = around;
    this.#timedOut = (watch) => around.tell({ is: 'media-timeout', leg: id, watch });
    const { random32 } = around;
    this.#sender = new RtpSender(random32, (packet) => this.#rtp.send(packet, this.#latch.port, this.#latch.address));
    this.#digits = new DigitSender({
      firstSent: (job) => around.tell({ is: 'first-digit-sent', leg: id, job }),
      allSent: (job) => around.tell({ is: 'digits-sent', leg: id, job }),
    });
    this.#ears = new Ears((ear, heard) => {
      if (ear < 0) this.endRecording(-ear, 'silence');
      else around.tell({ is: 'heard', leg: id, ear, heard });
      this.#weighNeeds();
    });
    this.#players = new Players((play, end) => around.tell({ is: 'play-ended', leg: id, play, end }));
    this.#inbound = new Inbound((digit) => this.#onDigit(digit, 'rfc4733'));
    this.#reports = new ReportExchange(this.#sender, this.#reception, this.#latch, around);
    this.#useTransport();
  }

  get codecName(): string {
    return this.#codec?.name ?? '';
  }

  setFlow(flow: MediaFlow): void {
    const codec = codecByName(flow.codec);
    if (!codec) throw new Error(`no codec ${flow.codec}`);
    const now = this.#around.monotonic();
    if (!this.#flow) this.#watches.restart(now);
    if (flow.direction !== this.#flow?.direction) this.#lastValidMs = now;
    const formerKey = this.#flow?.srtp?.ownKey;
    if (formerKey !== undefined && flow.srtp && flow.srtp.ownKey !== formerKey) this.#renewStream();
    this.#flow = flow;
    this.#reports.setFlow(flow);
    this.#sends = flow.remotePort > 0 && (flow.direction === 'sendrecv' || flow.direction === 'sendonly');
    this.#receives = flow.direction === 'sendrecv' || flow.direction === 'recvonly';
    this.#latch.signal(flow.remoteAddress, flow.remotePort);
    if (this.#transport.configure(flow)) this.#useTransport();
    this.#reception.timestampsPerMs = codec.rtpClockRate / 1000;
    // Frames of different lengths need packets of their own.
    const most = codec.kept ? 1 : MAX_FRAMES_PER_PACKET;
    const frames = Math.min(most, flow.ptimeMs % TURN_MS === 0 ? flow.ptimeMs / TURN_MS : 1) || 1;
    this.#sender.configure(codec, flow.payloadType, frames);
    this.#outbound ??= new Outbound(this.#sender, codec);
    this.#outbound.configure(codec, flow.telephoneEventPayloadType);
    if (codec !== this.#codec) {
      this.#dtmf = undefined;
      this.#observer = undefined;
      this.#ears.configure(codec.sampleRate);
      this.#outgoing = new Int16Array(frameSamples(codec.sampleRate));
    }
    this.#codec = codec;
    this.#inbound.configure(codec);
    this.#players.changeCodec(keptForm(codec));
    this.#weighNeeds();
  }

  restartIce(credentials: IceCredentials): void {
    this.#transport.restart(credentials);
  }

  play(command: Extract<MediaCommand, { do: 'play' }>): void {
    this.#players.start(new Player(command, keptForm(this.#codec ?? pcmu), this.#around.clips), command.layer);
    this.#weighNeeds();
  }

  stopPlay(play: number): void {
    this.#players.stop(play);
  }

  sendDigits(command: Extract<MediaCommand, { do: 'send-digits' }>): void {
    const inband = command.method === 'inband' || this.#flow?.telephoneEventPayloadType === undefined;
    if (this.#digits.add(command.job, command.digits, inband, command.toneMs, command.gapMs)) return;
    this.#around.tell({ is: 'digits-sent', leg: this.id, job: command.job });
  }

  cancelDigits(job: number): void {
    this.#digits.cancel(job);
  }

  signalledDigit(digit: string): void {
    this.#inbound.relay(digit);
    this.#onDigit(digit, 'info');
  }

  hearDigits(on: boolean): void {
    this.#hearDigits = on;
    this.#dtmf = undefined;
    this.#weighNeeds();
  }

  observe(on: boolean): void {
    this.#observed = on;
    this.#weighNeeds();
  }

  listen(ear: Ear): void {
    this.#ears.add(ear);
    this.#weighNeeds();
  }

  stopListening(ear: number): void {
    this.#ears.remove(ear);
    this.#weighNeeds();
  }

  record(tap: RecordingTap): void {
    this.#recordings.push(tap);
    this.#awaitSilence(tap);
    this.#weighNeeds();
  }

  pauseRecording(recording: number, paused: boolean): void {
    const tap = this.#recordings.find((other) => other.id === recording);
    if (!tap || tap.paused === paused) return;
    tap.paused = paused;
    if (paused) this.#ears.remove(-tap.id);
    else this.#awaitSilence(tap);
    this.#weighNeeds();
  }

  endRecording(recording: number, cause: RecordEnd['cause']): void {
    const index = this.#recordings.findIndex((tap) => tap.id === recording);
    if (index < 0) return;
    this.#recordings.splice(index, 1);
    this.#ears.remove(-recording);
    this.#around.tell({ is: 'recording-ended', leg: this.id, recording, cause });
    this.#weighNeeds();
  }

  stream(command: StreamCommand): void {
    this.#streams ??= new LegStreams(this.id, this.#around);
    this.#streams.obey(command);
    if (this.#streams.isEmpty) this.#streams = undefined;
    this.#weighNeeds();
  }

  watch(watch: number, ms: number): void {
    this.#watches.add(watch, ms, this.#around.monotonic());
  }

  unwatch(watch: number): void {
    this.#watches.remove(watch);
  }

  bridge(partner: Partner | undefined): void {
    this.#partner = partner;
    this.#weighNeeds();
  }

  stats(): MediaStats {
    const { packets: sent, formerPackets } = this.#sender;
    const lost = this.#reports.far.cumulativeLost;
    return {
      packetsSent: formerPackets + sent,
      ...this.#reception.counts(),
      farLoss: lost === undefined || sent === 0 ? undefined : Math.min(1, lost / sent),
      roundTripMs: this.#reports.far.roundTripMs,
      strayPackets: this.#strays + this.#transport.rejected,
      sendLatenessP99Ms: this.#lateness.quantile(0.99),
    };
  }

  /** Says BYE, ends what runs and closes the sockets. */
  close(): void {
    this.#players.close();
    while (this.#recordings[0]) this.endRecording(this.#recordings[0].id, 'closed');
    this.#reports.end();
    this.#inbound.end();
    this.#outbound?.close();
    this.#transport.close();
  }

  takeIn(_turn: number, dueMs: number): void {
    this.#packetsThisTurn = 0;
    if (!this.#codec) return;
    this.#inTurn = this.#turns.begin(dueMs);
    if (!this.#inTurn) return;
    const frame = this.heard;
    frame.clear();
    frame.codec = this.#codec;
    frame.sampleRate = this.#codec.sampleRate;
    this.#inbound.tick(this.#around.monotonic());
    if (!this.#receives) this.#observer?.hear(undefined);
    if (!this.#wantsAudio) return;
    const name = this.#codec.name;
    this.#inbound.take(frame, name === PASSED_THROUGH && !this.#listening && this.#partner?.takesPayloadOf(name) === true);
    if (frame.hasPcm) {
      this.#dtmf?.process(frame.pcm);
      this.#ears.hear(frame.pcm);
      this.#observer?.hear(frame.pcm);
    }
    this.#partner?.publish(frame);
  }

  send(_turn: number, dueMs: number): void {
    if (!this.#outbound || !this.#codec || !this.#inTurn) return;
    const now = this.#around.monotonic();
    if (this.#turns.skipped > 0) this.#sender.skipFrames(this.#turns.skipped);
    const bridged = this.#partner?.take();
    const outgoing = this.#recordings.length > 0 || this.#streams?.wantsOutgoing ? this.#outgoing : undefined;
    const fed = this.#digits.busy ? undefined : this.#streams?.read(this.#codec.sampleRate);
    if (this.#sends) {
      this.#outbound.send(this.#digits, this.#players, bridged, fed, outgoing);
      this.#lateness.add(now - dueMs);
    } else {
      // Time goes on for what would be sent.
      this.#sender.skipFrames(1);
      if (this.#digits.busy) {
        this.#digits.next();
        this.#digits.sent();
      }
      this.#players.pass(this.#unsent);
      outgoing?.fill(0);
    }
    this.#players.settle();
    if (outgoing) {
      this.#streams?.take(this.heard, outgoing);
      if (this.#recordings.length > 0) this.#recordTurn(outgoing);
    }
    this.#reports.tick(now);
    // On hold (`sendonly` of the far end) most phones are silent: the session timer tells whether they are still there.
    if (!this.#watches.isEmpty && this.#flow?.direction === 'sendrecv') {
      this.#watches.check(now, this.#lastValidMs, this.#timedOut);
    }
  }

  #receive(packet: Buffer, from: DatagramSource): void {
    if (++this.#packetsThisTurn > MAX_PACKETS_A_TURN) return;
    const flow = this.#flow;
    if (!flow || !this.#receives || !readRtpHeader(packet, header)) return;
    const isEvent = header.payloadType === flow.telephoneEventPayloadType;
    if (!isEvent && header.payloadType !== flow.payloadType) return;
    const now = this.#around.monotonic();
    if (!this.#latch.accept(from.address, from.port, header.ssrc, now)) {
      this.#strays++;
      return;
    }
    const bytes = header.payloadEnd - header.payloadStart;
    const arrival = this.#reception.count(header.sequence, header.timestamp, header.ssrc, bytes, now);
    if (arrival === 'duplicate') return;
    this.#lastValidMs = now;
    if (isEvent) this.#inbound.takeEvent(packet, header, now);
    else if (this.#wantsAudio) this.#inbound.put(packet, header, now);
    if (this.#streams?.answers && !this.#partner) {
      const shift = this.#phase.observe(now - (this.#turns.dueMs ?? now));
      if (shift !== 0) this.#around.shift(this.id, shift);
    }
  }

  /** Whether rollovers go on under a new key or begin anew is read both ways (RFC 3711 §3.3.1, RFC 4568 §7.1.4); of a new SSRC there are none. */
  #renewStream(): void {
    this.#sender.renew();
    this.#reports.far.cumulativeLost = undefined;
  }

  #useTransport(): void {
    this.#rtp = this.#transport.rtp;
    this.#rtp.onMessage((packet, from) => this.#receive(packet, from));
    this.#reports.useSocket(this.#transport.rtcp);
  }

  #onDigit(digit: string, method: DigitMethod): void {
    this.#around.tell({ is: 'digit', leg: this.id, digit, method });
  }

  #recordTurn(outgoing: Int16Array): void {
    if (!this.heard.hasPcm) this.heard.pcm.fill(0);
    for (let index = this.#recordings.length - 1; index >= 0; index--) {
      const tap = this.#recordings[index];
      if (tap?.take(this.heard.pcm, outgoing, this.#turns.skipped)) this.endRecording(tap.id, 'max-length');
    }
  }

  /** Ears of recordings have the recording's number, negative, so that they differ from those of `listen`. */
  #awaitSilence(tap: RecordingTap): void {
    if (tap.silenceMs === undefined) return;
    this.#ears.add({ id: -tap.id, silenceMs: tap.silenceMs, beep: undefined, speech: false, answer: undefined });
  }

  /** Decides how much is done with what arrives: nothing but its header when nobody hears it. */
  #weighNeeds(): void {
    const codec = this.#codec;
    const events = this.#flow?.telephoneEventPayloadType !== undefined;
    const detect = this.#hearDigits && (!events || this.#observed || this.#around.settings.inbandDigits === 'always');
    if (detect && codec) {
      this.#dtmf ??= new DtmfDetector(codec.sampleRate, {
        onStart: (digit) => this.#onDigit(digit, 'inband'),
        onEnd: () => undefined,
      });
    } else this.#dtmf = undefined;
    if (this.#observed && codec) {
      this.#observer ??= new Observer(codec.sampleRate, (window) => this.#around.tell({ is: 'observed', leg: this.id, window }));
    } else this.#observer = undefined;
    this.#listening =
      detect ||
      this.#observed ||
      this.#ears.busy ||
      this.#recordings.some((tap) => !tap.paused) ||
      this.#streams?.wantsInbound === true;
    const wanted = this.#receives && (this.#listening || this.#partner !== undefined);
    if (wanted && !this.#wantsAudio) this.#inbound.begin();
    if (!wanted) this.#inbound.end();
    this.#wantsAudio = wanted;
  }
}
