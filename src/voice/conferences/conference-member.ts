import type { MediaLeg, MediaMember, MediaRoom, Playback, PlaySource } from '../../media/media-engine.ts';
import type { Call } from '../call.ts';
import type { ConferenceNotification } from '../call-application.ts';
import { watchDigits } from '../digit-match.ts';
import type { ConferenceElement } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import { LegGone } from '../leg.ts';
import { playWaitSound } from './conference-sounds.ts';

/** Why a member is no longer in: by a rule of the conference, by the API, or because its call was taken away. */
export type Departure = 'left' | 'kicked' | 'interrupted';

export interface MemberOptions {
  /** Decimal digits, unique while the process lives. */
  readonly id: string;
  readonly call: Call;
  readonly leg: MediaLeg;
  readonly element: ConferenceElement;
  readonly services: FlowServices;
  readonly conference: { readonly id: string; readonly name: string };
  /** Is told once, when the member has left the room. */
  readonly onLeave: (member: ConferenceMember) => void;
}

/** A call in a conference, from its entry to its exit. */
export class ConferenceMember {
  readonly id: string;
  readonly call: Call;
  readonly element: ConferenceElement;
  readonly services: FlowServices;
  readonly joinedAt: number;
  readonly #options: MemberOptions;
  readonly #leg: MediaLeg;
  readonly #departed = Promise.withResolvers<Departure>();
  readonly #stops: (() => void)[] = [];
  #waiting = new AbortController();
  /** What was played last to this member alone. */
  #solo: Playback | undefined;
  #media: MediaMember | undefined;
  #muted: boolean;
  #deaf = false;
  #gone = false;

  constructor(options: MemberOptions) {
    const { id, call, leg, element, services } = options;
    this.id = id;
    this.call = call;
    this.element = element;
    this.services = services;
    this.joinedAt = services.clock.now();
    this.#options = options;
    this.#leg = leg;
    this.#muted = element.muted;
    this.#stops.push(watchDigits(leg, element.digitsMatch, (match) => this.tell({ action: 'digits', digitsMatch: match })));
    if (element.hangupOnStar) this.#stops.push(watchDigits(leg, ['*'], () => this.leave('left')));
  }

  get muted(): boolean {
    return this.#muted;
  }

  get deaf(): boolean {
    return this.#deaf;
  }

  /** Resolves when it is no longer in. */
  get departed(): Promise<Departure> {
    return this.#departed.promise;
  }

  /** Hears its wait sound until it is connected or leaves. */
  wait(): void {
    const { call, services, element } = this;
    const { conference } = this.#options;
    playWaitSound(call, services, this.#leg, element.waitSound, conference, this.#waiting.signal).catch((error: unknown) => {
      if (!(error instanceof LegGone)) call.note('conference_sound_failed', { reason: String(error) });
    });
  }

  /** Plays to this member alone, beside the room and in place of its wait sound. Undefined when it has left. */
  play(sources: readonly PlaySource[]): Playback | undefined {
    if (this.#gone) return undefined;
    this.#solo = this.#leg.play(sources, { loop: 1, mix: true });
    return this.#solo;
  }

  connect(room: MediaRoom): void {
    this.#waiting.abort();
    if (this.#gone) return;
    const { relayDtmf, floorEvent } = this.element;
    this.#media = room.join(this.#leg, { muted: this.#muted, deaf: this.#deaf, gain: 1, relayDigits: relayDtmf });
    if (!floorEvent) return;
    this.#stops.push(
      this.#media.onSpeaking((speaking) => {
        if (speaking) this.tell({ action: 'floor' });
      }),
    );
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#media?.setMuted(muted);
  }

  setDeaf(deaf: boolean): void {
    this.#deaf = deaf;
    this.#media?.setDeaf(deaf);
  }

  leave(how: Departure): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#waiting.abort();
    this.#solo?.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#media?.leave();
    this.#options.onLeave(this);
    this.#departed.resolve(how);
  }

  /** Something of the conference happens to this member; its callback hears of it. */
  tell(what: Pick<ConferenceNotification, 'action' | 'digitsMatch' | 'isFirst' | 'isLast' | 'recording'>): void {
    const { call, element, services } = this;
    const { conference, id } = this.#options;
    call.note(`conference_${what.action}`, { conference: conference.name, member: id });
    if (!element.callback) return;
    services.application
      .notify({ kind: 'conference', call: call.facts, target: element.callback, conference, memberId: id, ...what })
      .catch((error: unknown) => call.note('callback_failed', { reason: String(error) }));
  }
}
