import type { Micros } from '../../billing/money.ts';
import type { MediaEngine, MediaLeg } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import type { Call } from '../call.ts';
import type { CallApplication } from '../call-application.ts';
import type { MultiPartyCallElement } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import { hangupCause } from '../hangup-cause.ts';
import { HouseMusic } from './house-music.ts';
import { MultiPartyCall } from './multiparty-call.ts';
import type { MultiPartySettings } from './multiparty-plan.ts';
import { Participant } from './participant.ts';
import { ParticipantTracks } from './participant-tracks.ts';
import type { MultiPartyRecords } from './record-keeper.ts';

export interface MultiPartyCallsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly media: Pick<MediaEngine, 'createRoom' | 'createClip'>;
  readonly notify: CallApplication['notify'];
  readonly records: MultiPartyRecords;
  /** A minute of a participant. */
  rate(): Micros;
}

export interface MultiPartyOwner {
  readonly accountId: string;
  readonly ownerId: string;
}

export interface MultiPartyEntry {
  readonly call: Call;
  readonly leg: MediaLeg;
  readonly element: MultiPartyCallElement;
  readonly services: FlowServices;
}

export interface MultiPartyEntered {
  readonly multiParty: MultiPartyCall;
  readonly participant: Participant;
}

/** The multiparty calls of this node that have not ended. A name belongs to one of them for each owner. */
export class MultiPartyCalls {
  readonly tracks = new ParticipantTracks();
  readonly #options: MultiPartyCallsOptions;
  readonly #houseMusic: HouseMusic;
  readonly #live = new Map<string, MultiPartyCall>();
  readonly #byName = new Map<string, MultiPartyCall>();
  /** Those that have ended and are still being written. */
  readonly #unsettled = new Set<Promise<void>>();
  #lastMemberId = 0;

  constructor(options: MultiPartyCallsOptions) {
    this.#options = options;
    this.#houseMusic = new HouseMusic(options.media);
  }

  get size(): number {
    return this.#live.size;
  }

  find(id: string): MultiPartyCall | undefined {
    return this.#live.get(id);
  }

  named(ownerId: string, name: string): MultiPartyCall | undefined {
    return this.#byName.get(keyOf(ownerId, name));
  }

  /** Of an account with its subaccounts, or with `ownerId` of that one alone. */
  within(accountId: string, ownerId: string | undefined): readonly MultiPartyCall[] {
    return [...this.#live.values()].filter(
      (each) => each.accountId === accountId && (ownerId === undefined || each.ownerId === ownerId),
    );
  }

  create(
    { accountId, ownerId }: MultiPartyOwner,
    name: string,
    settings: MultiPartySettings,
    stayAlone: boolean,
  ): MultiPartyCall {
    const { clock, ids, log, media, notify, records } = this.#options;
    const key = keyOf(ownerId, name);
    const id = ids.uuid();
    const multiParty = new MultiPartyCall({
      id,
      name,
      ownerId,
      accountId,
      clock,
      media,
      houseMusic: this.#houseMusic,
      notify,
      records,
      rate: this.#options.rate(),
      settings,
      stayAlone,
      note: (reason) => log.warn({ multiparty: id, reason }, 'a multiparty call could not be written of'),
    });
    this.#live.set(id, multiParty);
    this.#byName.set(key, multiParty);
    multiParty.over.addEventListener('abort', () => {
      this.#live.delete(id);
      if (this.#byName.get(key) === multiParty) this.#byName.delete(key);
      this.#settle(multiParty);
    });
    return multiParty;
  }

  /** Undefined when it is full, or the one that the call was invited to has ended. */
  enter({ call, leg, element, services }: MultiPartyEntry): MultiPartyEntered | undefined {
    const { settings, participant: plan, invitedTo } = element;
    const found = invitedTo === undefined ? this.named(call.facts.ownerId, element.name) : this.find(invitedTo);
    if (invitedTo !== undefined && !found) return undefined;
    if (found && found.participants.length >= found.maxParticipants) return undefined;
    const multiParty = found ?? this.create(call.facts, element.name, settings, plan.stayAlone);
    const id = String(++this.#lastMemberId);
    const participant = new Participant({ id, call, leg, settings: plan, services, host: multiParty });
    multiParty.enter(participant, settings);
    if (plan.recordTrack && participant.state !== 'exited') {
      const { recordFormat: format, recordingCallback: callback, transcription } = settings;
      this.tracks.start(multiParty, participant, 'all', { format, callback, transcription }).catch((error: unknown) => {
        call.note('recording_failed', { reason: String(error) });
      });
    }
    return { multiParty, participant };
  }

  /** The program stops: those who are being dialled are given up. Who is in goes on as long as its call. */
  giveUpInvitations(): void {
    for (const each of this.#live.values()) each.giveUpInvitations(hangupCause(5010, 'Plivo'));
  }

  /** Resolves when records and notifications of all are written, or given up. */
  async settled(): Promise<void> {
    await Promise.all([...[...this.#live.values()].map((each) => each.settled()), ...this.#unsettled]);
  }

  #settle(multiParty: MultiPartyCall): void {
    const settled = multiParty.settled();
    this.#unsettled.add(settled);
    void settled.finally(() => this.#unsettled.delete(settled));
  }
}

const keyOf = (ownerId: string, name: string): string => `${ownerId} ${name}`;
