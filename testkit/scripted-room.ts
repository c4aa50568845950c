import type {
  Audience,
  MediaLeg,
  MediaMember,
  MediaRoom,
  MemberOptions,
  Playback,
  PlayOptions,
  PlaySource,
  Recording,
  RecordOptions,
  RoomRecordOptions,
} from '../src/media/media-engine.ts';
import type { AudioFeed } from '../src/media/stream-audio.ts';

/** What a scripted room does as a scripted leg does: plays and records on the clock. */
export interface ScriptedSound {
  readonly heard: readonly { readonly at: number; readonly sources: readonly PlaySource[]; readonly options: PlayOptions }[];
  readonly isPlaying: boolean;
  play(sources: readonly PlaySource[], options: PlayOptions): Playback;
  record(options: RecordOptions): Recording;
  close(): Promise<unknown>;
}

/** A member whose settings a test reads, and who speaks when the test says so. */
export class ScriptedMember implements MediaMember {
  readonly leg: MediaLeg;
  muted: boolean;
  deaf: boolean;
  gain: number;
  readonly relayDigits: boolean;
  held: boolean;
  group: number;
  audience: Audience;
  /** What the room hears in place of its far end. */
  spokenFor: AudioFeed | undefined;
  readonly #onLeave: () => void;
  readonly #listeners = new Set<(speaking: boolean) => void>();

  constructor(leg: MediaLeg, options: MemberOptions, onLeave: () => void) {
    this.leg = leg;
    this.muted = options.muted;
    this.deaf = options.deaf;
    this.gain = options.gain;
    this.relayDigits = options.relayDigits;
    this.held = options.held ?? false;
    this.group = options.group ?? 0;
    this.audience = options.audience ?? 'all';
    this.#onLeave = onLeave;
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  setDeaf(deaf: boolean): void {
    this.deaf = deaf;
  }

  setGain(gain: number): void {
    this.gain = gain;
  }

  setHeld(held: boolean): void {
    this.held = held;
  }

  setGroup(group: number): void {
    this.group = group;
  }

  setAudience(audience: Audience): void {
    this.audience = audience;
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    return this.leg.play(sources, options);
  }

  record(options: RecordOptions): Recording {
    return this.leg.record(options);
  }

  voice(): AudioFeed {
    this.spokenFor = this.leg.feed();
    return this.spokenFor;
  }

  /** Whether it would hear what the other says. */
  hears(other: ScriptedMember): boolean {
    if (other === this || other.muted || other.held || this.deaf || this.held) return false;
    const { audience } = other;
    if (audience === 'all') return true;
    return 'groups' in audience ? audience.groups.includes(this.group) : audience.member === this;
  }

  onSpeaking(listener: (speaking: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  leave(): void {
    this.#onLeave();
  }

  /** The member begins or stops to speak. */
  speaks(speaking: boolean): void {
    for (const listener of [...this.#listeners]) listener(speaking);
  }
}

/** A room without sound: who is in it, and what was played to all. */
export class ScriptedRoom implements MediaRoom {
  readonly members: ScriptedMember[] = [];
  readonly sound: ScriptedSound;
  /** What was asked to be recorded, oldest first. */
  readonly recorded: RoomRecordOptions[] = [];
  readonly #onClose: () => void;

  constructor(sound: ScriptedSound, onClose: () => void) {
    this.sound = sound;
    this.#onClose = onClose;
  }

  join(leg: MediaLeg, options: MemberOptions): ScriptedMember {
    const member = new ScriptedMember(leg, options, () => {
      const at = this.members.indexOf(member);
      if (at >= 0) this.members.splice(at, 1);
    });
    this.members.push(member);
    return member;
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    return this.sound.play(sources, options);
  }

  record(options: RoomRecordOptions): Recording {
    this.recorded.push(options);
    return this.sound.record(options);
  }

  close(): void {
    this.members.length = 0;
    void this.sound.close();
    this.#onClose();
  }
}
