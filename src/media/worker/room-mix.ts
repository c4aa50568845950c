import type { SampleRate } from '../pcm.ts';
import type { AudioFrame } from './audio-frame.ts';
import { RoomBus, type Voice } from './room-bus.ts';
import type { RoomMember } from './room-member.ts';

/**
 * What sounds in a room in one turn, at one rate: one sum of what is said to all; where somebody speaks to some groups alone, one more
 * for each of these groups, which begins with the first. So a turn costs a sum for each speaker and a frame for each member, and
 * coaches cost a sum for each group they reach.
 */
export class RoomMix {
  readonly #rate: SampleRate;
  readonly #open: RoomBus;
  readonly #all: RoomBus;
  readonly #whispered: RoomBus;
  /** By group; each is made when its group is first spoken to. */
  readonly #groups: RoomBus[] = [];
  /** Bits of the groups that hear more than everybody does in this turn. */
  #reached = 0;
  #hasAll = false;

  constructor(rate: SampleRate) {
    this.#rate = rate;
    this.#open = new RoomBus(rate);
    this.#all = new RoomBus(rate);
    this.#whispered = new RoomBus(rate);
  }

  /**
   * A new turn.
   * @param openVoices how many voices there are for all, what is played included
   * @param selective the first of those who speak to some alone
   * @param groups bits of the groups that somebody is in who hears at this rate
   * @param everything a recording needs the sum of everything
   */
  begin(
    members: readonly RoomMember[],
    played: Voice | undefined,
    openVoices: number,
    selective: RoomMember | undefined,
    groups: number,
    everything: boolean,
  ): void {
    this.#sumOpen(members, played, openVoices);
    this.#reached = 0;
    this.#hasAll = everything && selective !== undefined;
    for (let speaker = selective; speaker; speaker = speaker.nextSelective) this.#reached |= speaker.audience & groups;
    for (let bits = this.#reached; bits !== 0; bits &= bits - 1) this.#sumGroup(31 - Math.clz32(bits & -bits), selective);
    if (!this.#hasAll) return;
    this.#all.begin(this.#open);
    for (let speaker = selective; speaker; speaker = speaker.nextSelective) if (speaker.voice) this.#all.add(speaker.voice);
    this.#all.finish();
  }

  /** What the member hears; undefined for silence. Valid until the next call. */
  heardBy(member: RoomMember): AudioFrame | undefined {
    const bus = this.#busOf(member);
    const own = (member.audience & member.groupBit) !== 0 ? member.voice : undefined;
    if (member.whisperer) return this.#withWhispers(bus, member, own);
    if (bus.voices <= (own ? 1 : 0)) return undefined;
    return own ? bus.without(own) : bus.everything;
  }

  /** For recordings. */
  recorded(saidToAll: boolean): Int16Array {
    return (this.#hasAll && !saidToAll ? this.#all : this.#open).everything.pcm;
  }

  #sumOpen(members: readonly RoomMember[], played: Voice | undefined, openVoices: number): void {
    const bus = this.#open;
    // In silence after silence the sum is zero already.
    if (openVoices === 0 && bus.voices === 0) return;
    bus.clear();
    for (const member of members) {
      if (member.voice && member.isOpen) bus.add(member.voice);
    }
    if (played) bus.add(played);
    bus.finish();
  }

  #sumGroup(group: number, selective: RoomMember | undefined): void {
    const bus = this.#groups[group] ?? new RoomBus(this.#rate);
    this.#groups[group] = bus;
    bus.begin(this.#open);
    for (let speaker = selective; speaker; speaker = speaker.nextSelective) {
      if (speaker.voice && (speaker.audience & (1 << group)) !== 0) bus.add(speaker.voice);
    }
    bus.finish();
  }

  #busOf(member: RoomMember): RoomBus {
    return ((this.#reached & member.groupBit) !== 0 ? this.#groups[member.group] : undefined) ?? this.#open;
  }

  #withWhispers(bus: RoomBus, member: RoomMember, own: Voice | undefined): AudioFrame {
    const whispered = this.#whispered;
    whispered.begin(bus);
    for (let speaker = member.whisperer; speaker; speaker = speaker.nextWhisperer) {
      if (speaker.voice) whispered.add(speaker.voice);
    }
    if (own) return whispered.without(own);
    whispered.finish();
    return whispered.everything;
  }
}
