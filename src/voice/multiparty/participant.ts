import type { Clip, MediaLeg, MediaMember, MediaRoom, Playback, PlaySource } from '../../media/media-engine.ts';
import { MachineRun } from '../../sip/machine.ts';
import type { Call } from '../call.ts';
import type { ElementUrl } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';
import { LegGone } from '../leg.ts';
import { playUntil } from '../prompts.ts';
import { playOverAndOver } from '../room-sounds.ts';
import { AgentStream } from './agent-stream.ts';
import { audienceOf, hearingGroup } from './hearing.ts';
import type { MultiPartyEvent, ParticipantFacts } from './multiparty-notification.ts';
import type { EventGroup, ParticipantSettings } from './multiparty-plan.ts';
import type { ExitReason, ParticipantRecord, StayBill } from './multiparty-record.ts';
import { type ParticipantAction, type ParticipantState, participantMachine, stanceOf } from './participant-machine.ts';

/** How a participant has left, and what its leg ends with when nothing says where it goes on. */
export interface Departure {
  readonly reason: ExitReason;
  readonly cause: HangupCause;
}

export const departures = {
  hangup: { reason: 'hangup', cause: hangupCause(4000, 'Plivo') },
  kicked: { reason: 'kicked', cause: hangupCause(4030, 'API Request') },
  transferred: { reason: 'transferred', cause: hangupCause(4000, 'API Request') },
  ended: { reason: 'ended', cause: hangupCause(4020, 'Plivo') },
  'ended by request': { reason: 'ended', cause: hangupCause(4020, 'API Request') },
} as const satisfies Record<string, Departure>;

/** What a participant needs of its multiparty call. */
export interface ParticipantHost {
  readonly id: string;
  /** Undefined = the music of the house. */
  music(of: 'wait' | 'agent-hold' | 'customer-hold'): ElementUrl | undefined;
  houseMusic(): Clip;
  wants(group: EventGroup): boolean;
  tell(event: MultiPartyEvent, participant: ParticipantFacts, digit?: string): void;
  /** Something of its record is new. */
  changed(participant: Participant): void;
  left(participant: Participant): void;
  bill(joinedAt: number, exitedAt: number): StayBill;
}

export interface ParticipantOptions {
  /** Decimal digits. */
  readonly id: string;
  readonly call: Call;
  readonly leg: MediaLeg;
  readonly settings: ParticipantSettings;
  readonly services: FlowServices;
  readonly host: ParticipantHost;
}

/** A call in a multiparty call, from its entry to its exit. */
export class Participant {
  readonly id: string;
  readonly call: Call;
  readonly settings: ParticipantSettings;
  readonly services: FlowServices;
  readonly joinedAt: number;
  readonly #leg: MediaLeg;
  readonly #host: ParticipantHost;
  readonly #machine = new MachineRun(participantMachine, 'waiting');
  readonly #departed = Promise.withResolvers<Departure>();
  readonly #stops: (() => void)[] = [];
  #music = new AbortController();
  /** What was played last to this participant alone. */
  #solo: Playback | undefined;
  #media: MediaMember | undefined;
  #agent: AgentStream | undefined;
  #watchesSpeech = false;
  #set: { readonly mute: boolean; readonly hold: boolean; readonly coach: boolean };
  #exit: { readonly at: number; readonly departure: Departure; readonly bill: StayBill } | undefined;

  constructor({ id, call, leg, settings, services, host }: ParticipantOptions) {
    this.id = id;
    this.call = call;
    this.settings = settings;
    this.services = services;
    this.joinedAt = services.clock.now();
    this.#leg = leg;
    this.#host = host;
    const { mute, hold, coach } = settings;
    this.#set = { mute, hold, coach: coach && settings.role === 'supervisor' };
    this.#stops.push(
      leg.onDigit((digit) => {
        if (host.wants('participant-digit-input-events')) host.tell('digit', this.facts, digit);
      }),
    );
  }

  get state(): ParticipantState {
    return this.#machine.state;
  }

  get leg(): MediaLeg {
    return this.#leg;
  }

  /** Resolves when it is no longer in. */
  get departed(): Promise<Departure> {
    return this.#departed.promise;
  }

  /** Undefined while it is in. Wall-clock milliseconds. */
  get exitedAt(): number | undefined {
    return this.#exit?.at;
  }

  get facts(): ParticipantFacts {
    const { callId, from, to, direction } = this.call.facts;
    const { role } = this.settings;
    return { memberId: this.id, callId, role, coach: this.#set.coach, address: farEnd(direction, from, to), from, to, direction };
  }

  get record(): ParticipantRecord {
    const { callId, from, to, direction } = this.call.facts;
    const { role, startOnEnter, endOnExit } = this.settings;
    const set = this.#exit ? { mute: undefined, hold: undefined, coach: undefined } : this.#set;
    return {
      memberId: this.id,
      multiPartyId: this.#host.id,
      callId,
      address: farEnd(direction, from, to),
      role,
      ...set,
      startOnEnter,
      endOnExit,
      joinedAt: this.joinedAt,
      exitedAt: this.#exit?.at,
      bill: this.#exit?.bill,
      exit: this.#exit?.departure.reason,
    };
  }

  /** Hears the wait music until it is connected or leaves. */
  wait(): void {
    const { waitTimeMs } = this.settings;
    this.#play(this.#host.music('wait'));
    if (waitTimeMs === undefined) return;
    this.#stops.push(
      this.services.clock.after(waitTimeMs, () => {
        if (this.state === 'waiting') this.leave(departures.ended);
      }),
    );
  }

  connect(room: MediaRoom): void {
    this.#take(stanceOf(this.#set), room);
  }

  /** Plays to this participant alone, beside the room, or without `mix` instead of it, and in place of its music. Undefined when it has left. */
  play(sources: readonly PlaySource[], mix: boolean): Playback | undefined {
    if (this.#exit) return undefined;
    this.#solo = this.#leg.play(sources, { loop: 1, mix });
    return this.#solo;
  }

  /** Sets what is given; a coach is a supervisor, whatever is asked. Answers whether anything is new. */
  change(wanted: {
    readonly mute: boolean | undefined;
    readonly hold: boolean | undefined;
    readonly coach: boolean | undefined;
  }) {
    if (this.state === 'exited') return { coach: false, any: false };
    const before = this.#set;
    const coach = this.settings.role === 'supervisor' ? (wanted.coach ?? before.coach) : false;
    this.#set = { mute: wanted.mute ?? before.mute, hold: wanted.hold ?? before.hold, coach };
    const { mute, hold } = this.#set;
    if (this.#media) this.#take(stanceOf(this.#set));
    const facts = this.facts;
    if (mute !== before.mute) this.#host.tell(mute ? 'muted' : 'unmuted', facts);
    if (hold !== before.hold) this.#host.tell(hold ? 'held' : 'unheld', facts);
    if (coach !== before.coach) this.#host.tell(coach ? 'coach-started' : 'coach-stopped', facts);
    const any = mute !== before.mute || hold !== before.hold || coach !== before.coach;
    if (any) this.#host.changed(this);
    return { coach: coach !== before.coach, any };
  }

  /** Tells when it speaks, from the moment that somebody asks for it and it is in the room. */
  watchSpeech(): void {
    if (this.#watchesSpeech || !this.#media || !this.#host.wants('participant-speak-events')) return;
    this.#watchesSpeech = true;
    const tell = (speaking: boolean) => this.#host.tell(speaking ? 'speak-started' : 'speak-stopped', this.facts);
    this.#stops.push(this.#media.onSpeaking(tell));
  }

  leave(departure: Departure): void {
    for (const action of this.#machine.fire('exit')) this.#act(action, undefined, departure);
  }

  #take(stance: ReturnType<typeof stanceOf>, room?: MediaRoom): void {
    for (const action of this.#machine.fire(stance)) this.#act(action, room, undefined);
  }

  #act(action: ParticipantAction, room: MediaRoom | undefined, departure: Departure | undefined): void {
    switch (action) {
      case 'connect':
        if (room) this.#join(room);
        return;
      case 'route':
        this.#media?.setMuted(this.#set.mute);
        this.#media?.setHeld(this.#set.hold);
        this.#media?.setAudience(audienceOf(this.#set.coach));
        return;
      case 'hold':
        this.#play(this.#host.music(this.settings.role === 'customer' ? 'customer-hold' : 'agent-hold'));
        return;
      case 'unhold':
        this.#music.abort();
        return;
      case 'leave':
        if (departure) this.#depart(departure);
        return;
    }
  }

  #join(room: MediaRoom): void {
    const { role, relayDigits } = this.settings;
    const { mute, hold, coach } = this.#set;
    this.#music.abort();
    const media = room.join(this.#leg, {
      muted: mute,
      deaf: false,
      gain: 1,
      relayDigits,
      held: hold,
      group: hearingGroup(role),
      audience: audienceOf(coach),
    });
    this.#media = media;
    this.watchSpeech();
    this.#bringApplication(media);
  }

  /** An AI agent without its application has nothing to say: it leaves with it. */
  #bringApplication(seat: MediaMember): void {
    const { agentStream: plan } = this.settings;
    if (!plan) return;
    const { call, services } = this;
    const ended = () => this.leave(departures.hangup);
    this.#agent = new AgentStream({ call, leg: this.#leg, seat, plan, streams: services.streams, ended });
  }

  #depart(departure: Departure): void {
    const at = this.services.clock.now();
    this.#exit = { at, departure, bill: this.#host.bill(this.joinedAt, at) };
    this.#music.abort();
    this.#solo?.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#agent?.stop(departure.cause.source === 'API Request' ? 'API request' : 'Call hangup');
    this.#media?.leave();
    this.#host.left(this);
    this.#departed.resolve(departure);
  }

  #play(target: ElementUrl | undefined): void {
    this.#music.abort();
    const music = new AbortController();
    this.#music = music;
    const { call, services } = this;
    const sound = target
      ? playOverAndOver(call, services, this.#leg, 'multiparty-sound', target, music.signal)
      : playUntil(this.#leg, [{ kind: 'clip', clip: this.#host.houseMusic() }], 0, music.signal, true);
    sound.catch((error: unknown) => {
      if (!(error instanceof LegGone)) call.note('multiparty_sound_failed', { reason: String(error) });
    });
  }
}

const farEnd = (direction: 'inbound' | 'outbound', from: string, to: string): string => (direction === 'inbound' ? from : to);
