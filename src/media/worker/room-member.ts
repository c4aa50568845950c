import type { SampleRate } from '../pcm.ts';
import type { RemotePartner } from './partner.ts';
import { ALL_GROUPS, type MemberHearing } from './protocol.ts';
import { Voice } from './room-bus.ts';

/** A member in the worker that owns its room: what it says in this turn, to whom, and what it hears. */
export class RoomMember {
  readonly id: number;
  readonly seat: RemotePartner;
  /** Of the member's codec: what it hears is mixed at this rate. */
  sampleRate: SampleRate = 8000;
  digit = '';
  /** What the member says in this turn; undefined while it is silent. */
  voice: Voice | undefined;
  /** Bit of its hearing group. */
  groupBit = 1;
  group = 0;
  audience = ALL_GROUPS;
  /** The one member that hears it. */
  whisperTo: number | undefined;
  /** Those who whisper to it in this turn, one linked to the next. */
  whisperer: RoomMember | undefined;
  nextWhisperer: RoomMember | undefined;
  /** The next of those who speak to some alone in this turn. */
  nextSelective: RoomMember | undefined;
  #voice: Voice | undefined;

  constructor(id: number, seat: RemotePartner, hearing: MemberHearing) {
    this.id = id;
    this.seat = seat;
    this.set(hearing);
  }

  /** Everybody hears it. */
  get isOpen(): boolean {
    return this.audience === ALL_GROUPS;
  }

  set({ group, audience, whisperTo }: MemberHearing): void {
    this.group = group;
    this.groupBit = 1 << group;
    this.audience = audience;
    this.whisperTo = whisperTo;
  }

  hear(): void {
    const frame = this.seat.take();
    this.voice = undefined;
    this.whisperer = undefined;
    this.nextWhisperer = undefined;
    this.nextSelective = undefined;
    this.digit = frame?.digit ?? '';
    if (!frame) return;
    this.sampleRate = frame.codec?.sampleRate ?? this.sampleRate;
    if (!frame.hasPcm) return;
    // The seat gives the same frame every turn.
    this.#voice ??= new Voice(frame);
    this.#voice.renew();
    this.voice = this.#voice;
  }

  whispered(by: RoomMember): void {
    by.nextWhisperer = this.whisperer;
    this.whisperer = by;
  }

  /** Whether what the other says is meant for it. */
  isMeant(other: RoomMember): boolean {
    return other !== this && ((other.audience & this.groupBit) !== 0 || other.whisperTo === this.id);
  }
}
