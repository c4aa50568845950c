import type { RecordEnd } from '../media-engine.ts';
import type { SampleRate } from '../pcm.ts';
import { AudioFrame } from './audio-frame.ts';
import { RemotePartner } from './partner.ts';
import type { MediaCommand, MediaEvent, MemberHearing } from './protocol.ts';
import type { RecordingTap } from './recording-tap.ts';
import { Voice } from './room-bus.ts';
import { RoomMember } from './room-member.ts';
import { RoomMix } from './room-mix.ts';
import { RoomPlayer } from './room-player.ts';
import { primedFrames } from './room-seat.ts';
import type { Ticked } from './slot-wheel.ts';

type JoinCommand = Extract<MediaCommand, { do: 'room-join' }>;

/**
 * A room in the worker that owns it. Every turn it sums up those who speak, at 8 and at 16 kHz as its members need it, and gives each
 * member the sum of what is meant for it without its own voice. Silent members of a group all get the same. Nothing is allocated in a
 * turn.
 */
export class Room implements Ticked {
  readonly id: number;
  readonly #tell: (event: MediaEvent) => void;
  readonly #members: RoomMember[] = [];
  readonly #recordings: { readonly tap: RecordingTap; readonly saidToAll: boolean }[] = [];
  readonly #mixes = { 8000: new RoomMix(8000), 16000: new RoomMix(16000) } as const;
  readonly #silence = new AudioFrame();
  readonly #played = new AudioFrame();
  readonly #playedVoice = new Voice(this.#played);
  #player: RoomPlayer | undefined;
  #turn = -1;

  constructor(id: number, tell: (event: MediaEvent) => void) {
    this.id = id;
    this.#tell = tell;
  }

  join({ member, rings, inStep, hearing }: Pick<JoinCommand, 'member' | 'rings' | 'inStep' | 'hearing'>): void {
    this.#members.push(new RoomMember(member, new RemotePartner(rings, primedFrames(inStep)), hearing));
  }

  setHearing(member: number, hearing: MemberHearing): void {
    this.#members.find((other) => other.id === member)?.set(hearing);
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

  /** @param saidToAll leaves out what only some hear */
  record(tap: RecordingTap, saidToAll: boolean): void {
    this.#recordings.push({ tap, saidToAll });
  }

  pauseRecording(recording: number, paused: boolean): void {
    const found = this.#recordings.find(({ tap }) => tap.id === recording);
    if (found) found.tap.paused = paused;
  }

  endRecording(recording: number, cause: RecordEnd['cause']): void {
    const index = this.#recordings.findIndex(({ tap }) => tap.id === recording);
    if (index < 0) return;
    this.#recordings.splice(index, 1);
    this.#tell({ is: 'room-recording-ended', room: this.id, recording, cause });
  }

  close(): void {
    this.#endPlay('closed');
    while (this.#recordings[0]) this.endRecording(this.#recordings[0].tap.id, 'closed');
  }

  takeIn(turn: number): void {
    const skippedTurns = this.#turn < 0 ? 0 : turn - this.#turn - 1;
    this.#turn = turn;
    this.#played.clear();
    let openVoices = this.#player ? this.#readPlayer() : 0;
    let selective: RoomMember | undefined;
    let presser: RoomMember | undefined;
    let narrowGroups = 0;
    let wideGroups = 0;
    for (const member of this.#members) {
      member.hear();
      if (member.sampleRate === 8000) narrowGroups |= member.groupBit;
      else wideGroups |= member.groupBit;
      if (member.digit !== '' && (!presser || (member.isOpen && !presser.isOpen))) presser = member;
      if (!member.voice) continue;
      if (member.isOpen) openVoices++;
      else {
        member.nextSelective = selective;
        selective = member;
      }
    }
    for (let speaker = selective; speaker; speaker = speaker.nextSelective) this.#whisper(speaker);
    this.#mix(8000, openVoices, selective, narrowGroups);
    this.#mix(16000, openVoices, selective, wideGroups);
    for (const member of this.#members) this.#give(member, presser);
    if (this.#recordings.length > 0) this.#record(skippedTurns);
  }

  send(): void {
    // Members' legs send what they were given.
  }

  #whisper(speaker: RoomMember): void {
    if (speaker.whisperTo === undefined) return;
    for (const member of this.#members) {
      if (member.id === speaker.whisperTo && member !== speaker) member.whispered(speaker);
    }
  }

  #mix(rate: SampleRate, openVoices: number, selective: RoomMember | undefined, groups: number): void {
    let recorded = false;
    for (const { tap } of this.#recordings) recorded ||= tap.sampleRate === rate;
    if (groups === 0 && !recorded) return;
    const played = this.#played.hasPcm ? this.#playedVoice : undefined;
    this.#mixes[rate].begin(this.#members, played, openVoices, selective, groups, recorded);
  }

  #give(member: RoomMember, presser: RoomMember | undefined): void {
    const frame = this.#mixes[member.sampleRate].heardBy(member) ?? this.#silence;
    // Nobody hears his own key.
    frame.digit = presser && member.digit === '' && member.isMeant(presser) ? presser.digit : '';
    member.seat.publish(frame);
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
      const recording = this.#recordings[index];
      if (!recording) continue;
      const { tap, saidToAll } = recording;
      const pcm = this.#mixes[tap.sampleRate].recorded(saidToAll);
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
