import type { RecordEnd } from '../media-engine.ts';
import { frameSamples, type SampleRate, saturate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import { AudioFrame } from './audio-frame.ts';
import { RemotePartner } from './partner.ts';
import type { MediaCommand, MediaEvent, RingPair } from './protocol.ts';
import type { RecordingTap } from './recording-tap.ts';
import { RoomPlayer } from './room-player.ts';
import { primedFrames } from './room-seat.ts';
import type { Ticked } from './slot-wheel.ts';

/** Something that sounds in the room in this turn, at both rates as far as they are wanted. */
class Voice {
  readonly #frame: AudioFrame;
  readonly #other: Record<SampleRate, Int16Array> = { 8000: new Int16Array(0), 16000: new Int16Array(0) };
  #toOther: Resampler | undefined;
  #from: SampleRate = 8000;
  #converted = false;

  constructor(frame: AudioFrame) {
    this.#frame = frame;
  }

  /** A new turn: what was converted is stale. */
  renew(): void {
    this.#converted = false;
  }

  at(rate: SampleRate): Int16Array {
    const { sampleRate, pcm } = this.#frame;
    if (sampleRate === rate) return pcm;
    if (!this.#toOther || this.#from !== sampleRate) {
      this.#toOther = new Resampler(sampleRate, rate);
      this.#from = sampleRate;
      this.#other[rate] = new Int16Array(frameSamples(rate));
      this.#converted = false;
    }
    const converted = this.#other[rate];
    if (!this.#converted) this.#toOther.process(pcm, converted);
    this.#converted = true;
    return converted;
  }
}

class Member {
  readonly id: number;
  readonly seat: RemotePartner;
  /** Of the member's codec: what it hears is mixed at this rate. */
  sampleRate: SampleRate = 8000;
  digit = '';
  /** What the member says in this turn; undefined while it is silent. */
  voice: Voice | undefined;
  #voice: Voice | undefined;

  constructor(id: number, seat: RemotePartner) {
    this.id = id;
    this.seat = seat;
  }

  hear(): void {
    const frame = this.seat.take();
    this.voice = undefined;
    this.digit = frame?.digit ?? '';
    if (!frame) return;
    this.sampleRate = frame.codec?.sampleRate ?? this.sampleRate;
    if (!frame.hasPcm) return;
    // The seat gives the same frame every turn.
    this.#voice ??= new Voice(frame);
    this.#voice.renew();
    this.voice = this.#voice;
  }
}

/** The sum of all voices at one rate, and what is made of it. */
class Bus {
  readonly sampleRate: SampleRate;
  /** Everything: for members that are silent, and for recordings. */
  readonly everything = new AudioFrame();
  readonly #without = new AudioFrame();
  readonly #sum: Int32Array;

  constructor(sampleRate: SampleRate) {
    this.sampleRate = sampleRate;
    this.#sum = new Int32Array(frameSamples(sampleRate));
    this.everything.sampleRate = sampleRate;
    this.#without.sampleRate = sampleRate;
    this.#without.hasPcm = true;
  }

  clear(): void {
    this.#sum.fill(0);
  }

  add(voice: Voice): void {
    const pcm = voice.at(this.sampleRate);
    const sum = this.#sum;
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (pcm[at] ?? 0);
  }

  /** Held at the limits once, after the sum: what one member is without must be taken from the exact sum. */
  finish(sounds: boolean): void {
    const sum = this.#sum;
    const { pcm } = this.everything;
    for (let at = 0; at < sum.length; at++) pcm[at] = saturate(sum[at] ?? 0);
    this.everything.hasPcm = sounds;
  }

  without(voice: Voice): AudioFrame {
    const own = voice.at(this.sampleRate);
    const sum = this.#sum;
    const { pcm } = this.#without;
    for (let at = 0; at < sum.length; at++) pcm[at] = saturate((sum[at] ?? 0) - (own[at] ?? 0));
    return this.#without;
  }
}

/**
 * A room in the worker that owns it. Every turn it sums up those who speak, at 8 and at 16 kHz as its members need it, and gives each
 * member the sum without its own voice. Members who are silent all get the same. Nothing is allocated in a turn.
 */
export class Room implements Ticked {
  readonly id: number;
  readonly #tell: (event: MediaEvent) => void;
  readonly #members: Member[] = [];
  readonly #recordings: RecordingTap[] = [];
  readonly #buses = { 8000: new Bus(8000), 16000: new Bus(16000) } as const;
  readonly #silence = new AudioFrame();
  readonly #played = new AudioFrame();
  readonly #playedVoice = new Voice(this.#played);
  #player: RoomPlayer | undefined;
  #turn = -1;

  constructor(id: number, tell: (event: MediaEvent) => void) {
    this.id = id;
    this.#tell = tell;
  }

  join(member: number, rings: RingPair, inStep: boolean): void {
    this.#members.push(new Member(member, new RemotePartner(rings, primedFrames(inStep))));
  }

  leave(member: number): void {
    const index = this.#members.findIndex((other) => other.id === member);
    if (index >= 0) this.#members.splice(index, 1);
  }

  play(command: Extract<MediaCommand, { do: 'room-play' }>): void {
    this.#endPlay('stopped');
    this.#player = new RoomPlayer(command);
    if (this.#player.ended) this.#endPlay('completed');
  }

  stopPlay(play: number): void {
    if (this.#player?.id === play) this.#endPlay('stopped');
  }

  record(tap: RecordingTap): void {
    this.#recordings.push(tap);
  }

  pauseRecording(recording: number, paused: boolean): void {
    const tap = this.#recordings.find((other) => other.id === recording);
    if (tap) tap.paused = paused;
  }

  endRecording(recording: number, cause: RecordEnd['cause']): void {
    const index = this.#recordings.findIndex((tap) => tap.id === recording);
    if (index < 0) return;
    this.#recordings.splice(index, 1);
    this.#tell({ is: 'room-recording-ended', room: this.id, recording, cause });
  }

  close(): void {
    this.#endPlay('closed');
    while (this.#recordings[0]) this.endRecording(this.#recordings[0].id, 'closed');
  }

  takeIn(turn: number): void {
    const skippedTurns = this.#turn < 0 ? 0 : turn - this.#turn - 1;
    this.#turn = turn;
    let voices = 0;
    let digit = '';
    for (const member of this.#members) {
      member.hear();
      if (member.voice) voices++;
      if (digit === '') digit = member.digit;
    }
    this.#played.clear();
    if (this.#player) voices += this.#readPlayer();
    const narrow = this.#mix(8000, voices > 0);
    const wide = this.#mix(16000, voices > 0);
    for (const member of this.#members) {
      const bus = member.sampleRate === 8000 ? narrow : wide;
      this.#give(member, bus, voices, digit);
    }
    if (this.#recordings.length > 0) this.#record(skippedTurns);
  }

  send(): void {
    // Members' legs send what they were given.
  }

  #give(member: Member, bus: Bus, voices: number, digit: string): void {
    let frame = this.#silence;
    if (voices > (member.voice ? 1 : 0)) frame = member.voice ? bus.without(member.voice) : bus.everything;
    // Nobody hears his own key.
    frame.digit = member.digit === '' ? digit : '';
    member.seat.publish(frame);
  }

  #mix(rate: SampleRate, sounds: boolean): Bus {
    const bus = this.#buses[rate];
    if (!this.#wants(rate)) return bus;
    if (sounds || bus.everything.hasPcm) {
      bus.clear();
      for (const member of this.#members) {
        if (member.voice) bus.add(member.voice);
      }
      if (this.#played.hasPcm) bus.add(this.#playedVoice);
      bus.finish(sounds);
    }
    return bus;
  }

  #wants(rate: SampleRate): boolean {
    for (const member of this.#members) {
      if (member.sampleRate === rate) return true;
    }
    for (const tap of this.#recordings) {
      if (tap.sampleRate === rate) return true;
    }
    return false;
  }

  /** @returns how many voices that is */
  #readPlayer(): number {
    this.#player?.read(this.#played);
    this.#playedVoice.renew();
    const sounds = this.#played.hasPcm ? 1 : 0;
    if (this.#player?.ended) this.#endPlay('completed');
    return sounds;
  }

  #record(skippedTurns: number): void {
    for (let index = this.#recordings.length - 1; index >= 0; index--) {
      const tap = this.#recordings[index];
      if (!tap) continue;
      const { pcm } = this.#buses[tap.sampleRate].everything;
      if (tap.take(pcm, pcm, skippedTurns)) this.endRecording(tap.id, 'max-length');
    }
  }

  #endPlay(end: 'completed' | 'stopped' | 'closed'): void {
    const player = this.#player;
    if (!player) return;
    this.#player = undefined;
    this.#tell({ is: 'room-play-ended', room: this.id, play: player.id, end });
  }
}
