import type { MediaEngine, MediaLeg } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Call } from '../call.ts';
import type { ConferenceElement } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import { Conference } from './conference.ts';
import { ConferenceMember } from './conference-member.ts';

export interface ConferencesOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly media: Pick<MediaEngine, 'createRoom'>;
}

export interface Entry {
  readonly call: Call;
  readonly leg: MediaLeg;
  readonly element: ConferenceElement;
  readonly services: FlowServices;
}

export interface Entered {
  readonly conference: Conference;
  readonly member: ConferenceMember;
}

/**
 * The conferences of this node. One is there from its first member to its last; calls of different owners never meet, whatever name
 * they give. Multiparty calls have rooms of their own rules: they are to stand beside this, on the same `MediaRoom`.
 */
export class Conferences {
  readonly #options: ConferencesOptions;
  readonly #byKey = new Map<string, Conference>();
  #lastMemberId = 0;

  constructor(options: ConferencesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Undefined when the conference is full. */
  enter({ call, leg, element, services }: Entry): Entered | undefined {
    const { ownerId, accountId } = call.facts;
    const key = keyOf(ownerId, element.name);
    const present = this.#byKey.get(key);
    if (present && present.members.length >= element.maxMembers) return undefined;
    const conference = present ?? this.#create(key, element.name, ownerId, accountId);
    const member = new ConferenceMember({
      id: String(++this.#lastMemberId),
      call,
      leg,
      element,
      services,
      conference: { id: conference.id, name: conference.name },
      onLeave: (gone) => conference.left(gone),
    });
    conference.enter(member);
    return { conference, member };
  }

  /** Of an account with its subaccounts, or with `ownerId` of that one alone. */
  within(accountId: string, ownerId: string | undefined): readonly Conference[] {
    return [...this.#byKey.values()].filter(
      (each) => each.accountId === accountId && (ownerId === undefined || each.ownerId === ownerId),
    );
  }

  #create(key: string, name: string, ownerId: string, accountId: string): Conference {
    const conference = new Conference({
      id: this.#options.ids.uuid(),
      name,
      ownerId,
      accountId,
      clock: this.#options.clock,
      media: this.#options.media,
      onEnd: () => {
        if (this.#byKey.get(key) === conference) this.#byKey.delete(key);
      },
    });
    this.#byKey.set(key, conference);
    return conference;
  }
}

const keyOf = (ownerId: string, name: string): string => `${ownerId} ${name}`;
