import { LegHandle, workerSource } from './leg-handle.ts';
import {
  type Audience,
  HEARING_GROUPS,
  type MediaLeg,
  type MediaMember,
  type MediaRoom,
  type MemberOptions,
  type Playback,
  type PlayEnd,
  type PlayOptions,
  type PlaySource,
  type Recording,
  type RecordOptions,
  type RoomRecordOptions,
} from './media-engine.ts';
import type { RecordingThread } from './recorder/recording-thread.ts';
import type { AudioFeed } from './stream-audio.ts';
import { allocateFrameRing } from './worker/frame-ring.ts';
import { BRIDGE_RING_BYTES, BRIDGE_RING_SLOTS } from './worker/partner.ts';
import { ALL_GROUPS, type MemberHearing, type RoomCommand, type RoomEvent, type SeatSettings } from './worker/protocol.ts';
import type { WorkerLink } from './worker/worker-link.ts';

export interface RoomHandleSurroundings {
  readonly recordings: RecordingThread;
  nextId(): number;
  /** The thread with the fewest legs. @throws when there is none now */
  threadForNext(): WorkerLink;
  /** The leg leaves its bridge or room. */
  parted(leg: LegHandle): void;
  roomClosed(room: RoomHandle): void;
}

/**
 * The main thread's side of a room. One worker owns the room, that of its first member; when that thread dies, those members who live
 * elsewhere go on in a new room of the same handle.
 */
export class RoomHandle implements MediaRoom {
  readonly id: number;
  /** The worker that owns the room; undefined until somebody joins or something is played. */
  link: WorkerLink | undefined;
  readonly #around: RoomHandleSurroundings;
  readonly #members = new Map<LegHandle, Member>();
  readonly #plays = new Map<number, (end: PlayEnd) => void>();
  readonly #recordings = new Set<number>();
  #closed = false;

  constructor(id: number, around: RoomHandleSurroundings) {
    this.id = id;
    this.#around = around;
  }

  memberOf(leg: LegHandle): MediaMember | undefined {
    return this.#members.get(leg);
  }

  join(leg: MediaLeg, options: MemberOptions): MediaMember {
    if (!(leg instanceof LegHandle)) throw new TypeError('a leg of this engine is needed');
    this.#around.parted(leg);
    const member = new Member(leg, this, options);
    if (this.#closed || leg.closed) return member;
    this.#members.set(leg, member);
    member.stopRelay = leg.relayDigits((digit) => this.#relay(member, digit));
    this.#open(leg.link);
    this.#connect(leg, member);
    return member;
  }

  left(leg: LegHandle): void {
    this.#members.get(leg)?.stopRelay();
    if (!this.#members.delete(leg)) return;
    this.#send({ do: 'room-leave', room: this.id, member: leg.id });
    if (!leg.closed) leg.link.send({ do: 'unbridge', leg: leg.id });
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    if (!this.#closed) this.#open(undefined);
    const play = this.#around.nextId();
    const ended = new Promise<PlayEnd>((resolve) => {
      if (this.#closed) resolve('closed');
      else this.#plays.set(play, resolve);
    });
    const { loop, maxMs } = options;
    this.#send({ do: 'room-play', room: this.id, play, sources: sources.map(workerSource), loop, maxMs });
    return { ended, stop: () => this.#send({ do: 'room-stop-play', room: this.id, play }) };
  }

  record(options: RoomRecordOptions): Recording {
    if (!this.#closed) this.#open(undefined);
    const recording = this.#around.nextId();
    const sampleRate = [...this.#members.keys()].some((leg) => leg.isWide) ? 16000 : 8000;
    const stop = () => this.#send({ do: 'room-stop-recording', room: this.id, recording });
    const started = this.#around.recordings.start(recording, { ...options, channels: 'incoming' }, sampleRate, () => {
      this.#recordings.delete(recording);
      stop();
    });
    if (this.#closed) this.#around.recordings.finish(recording, 'closed');
    else {
      this.#recordings.add(recording);
      const { maxMs } = options;
      this.#send({
        do: 'room-record',
        room: this.id,
        recording,
        options: { channels: 'incoming', sampleRate, ring: started.ring, maxMs, silenceMs: undefined },
        saidToAll: options.voices === 'said-to-all',
      });
    }
    const pause = (paused: boolean) => this.#send({ do: 'room-pause-recording', room: this.id, recording, paused });
    return { ended: started.ended, pause: () => pause(true), resume: () => pause(false), stop };
  }

  close(): void {
    if (this.#closed) return;
    for (const member of [...this.#members.values()]) member.leave();
    this.#send({ do: 'close-room', room: this.id });
    this.#closed = true;
    this.#endAll();
    this.#around.roomClosed(this);
  }

  /** Something of this room happened in its worker. */
  take(event: RoomEvent): void {
    switch (event.is) {
      case 'room-play-ended':
        this.#plays.get(event.play)?.(event.end);
        this.#plays.delete(event.play);
        return;
      case 'room-recording-ended':
        if (this.#recordings.delete(event.recording)) this.#around.recordings.finish(event.recording, event.cause);
        return;
      case 'room-failed':
        this.lost();
        return;
    }
  }

  /** The worker has lost the room: what ran in it is over, and who is left goes on in a new one. */
  lost(): void {
    this.link = undefined;
    this.#endAll();
    for (const [leg, member] of this.#members) {
      if (leg.closed) continue;
      this.#open(leg.link);
      this.#connect(leg, member);
    }
  }

  #open(near: WorkerLink | undefined): void {
    if (this.link) return;
    this.link = near ?? this.#around.threadForNext();
    this.#send({ do: 'open-room', room: this.id });
  }

  /** Who hears the member, or what it hears, has changed. */
  hearingOf(leg: LegHandle, hearing: MemberHearing): void {
    this.#send({ do: 'room-hearing', room: this.id, member: leg.id, hearing });
  }

  #connect(leg: LegHandle, { settings, hearing }: Member): void {
    const inStep = leg.link === this.link;
    const toRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
    const fromRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
    this.#send({
      do: 'room-join',
      room: this.id,
      member: leg.id,
      rings: { toPartner: fromRoom, fromPartner: toRoom },
      inStep,
      hearing,
    });
    leg.link.send({ do: 'sit', leg: leg.id, rings: { toPartner: toRoom, fromPartner: fromRoom }, inStep, settings });
  }

  /** The tone goes with the audio; this is for far ends that take keys by signalling. */
  #relay(from: Member, digit: string): void {
    if (!from.settings.relayDigits) return;
    for (const [leg, to] of this.#members) {
      if (to !== from && !to.settings.deaf && isHeardBy(from.hearing, to)) leg.relayed(digit);
    }
  }

  #endAll(): void {
    for (const resolve of this.#plays.values()) resolve('closed');
    this.#plays.clear();
    for (const recording of this.#recordings) this.#around.recordings.finish(recording, 'closed');
    this.#recordings.clear();
  }

  #send(command: RoomCommand): void {
    if (!this.#closed) this.link?.send(command);
  }
}

class Member implements MediaMember {
  readonly #leg: LegHandle;
  readonly #room: RoomHandle;
  #options: MemberOptions;
  /** Its keys are relayed no more. */
  stopRelay: () => void = () => undefined;

  constructor(leg: LegHandle, room: RoomHandle, options: MemberOptions) {
    this.#leg = leg;
    this.#room = room;
    this.#options = options;
    hearingOf(options);
  }

  get settings(): SeatSettings {
    const { muted, deaf, gain, relayDigits, held = false } = this.#options;
    return { muted: muted || held, deaf: deaf || held, gain, relayDigits: relayDigits && !held };
  }

  get hearing(): MemberHearing {
    return hearingOf(this.#options);
  }

  /** The member's number in its room. */
  get id(): number {
    return this.#leg.id;
  }

  setMuted(muted: boolean): void {
    this.#set({ muted });
  }

  setDeaf(deaf: boolean): void {
    this.#set({ deaf });
  }

  setGain(gain: number): void {
    this.#set({ gain });
  }

  setHeld(held: boolean): void {
    this.#set({ held });
  }

  setGroup(group: number): void {
    this.#hear({ group });
  }

  setAudience(audience: Audience): void {
    this.#hear({ audience });
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    return this.#leg.play(sources, options);
  }

  record(options: RecordOptions): Recording {
    return this.#leg.record(options);
  }

  voice(): AudioFeed {
    return this.#leg.voice();
  }

  onSpeaking(listener: (speaking: boolean) => void): () => void {
    return this.#leg.onSpeaking(listener);
  }

  leave(): void {
    if (this.#isSeated) this.#room.left(this.#leg);
  }

  get #isSeated(): boolean {
    return this.#room.memberOf(this.#leg) === this;
  }

  #set(change: Partial<MemberOptions>): void {
    this.#options = { ...this.#options, ...change };
    if (!this.#isSeated || this.#leg.closed) return;
    this.#leg.link.send({ do: 'seat-settings', leg: this.#leg.id, settings: this.settings });
  }

  #hear(change: Pick<MemberOptions, 'group' | 'audience'>): void {
    const options = { ...this.#options, ...change };
    const hearing = hearingOf(options);
    this.#options = options;
    if (this.#isSeated) this.#room.hearingOf(this.#leg, hearing);
  }
}

/** @throws RangeError for a group that there is not */
function hearingOf({ group = 0, audience = 'all' }: MemberOptions): MemberHearing {
  bitOf(group);
  if (audience === 'all') return { group, audience: ALL_GROUPS, whisperTo: undefined };
  if ('groups' in audience) {
    return { group, audience: audience.groups.reduce((bits, each) => bits | bitOf(each), 0), whisperTo: undefined };
  }
  const { member } = audience;
  if (!(member instanceof Member)) throw new TypeError('a member of this engine is needed');
  return { group, audience: 0, whisperTo: member.id };
}

const isHeardBy = ({ audience, whisperTo }: MemberHearing, { id, hearing }: Member): boolean =>
  whisperTo === undefined ? (audience & (1 << hearing.group)) !== 0 : whisperTo === id;

function bitOf(group: number): number {
  if (!Number.isInteger(group) || group < 0 || group >= HEARING_GROUPS)
    throw new RangeError(`there is no hearing group ${group}`);
  return 1 << group;
}
