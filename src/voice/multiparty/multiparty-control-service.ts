import { ownerOf, type Scope } from '../../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../../errors/catalogue.ts';
import type { Clip, Playback, PlaySource } from '../../media/media-engine.ts';
import type { FlowServices } from '../flow-services.ts';
import { hangupCause } from '../hangup-cause.ts';
import { RequestedSounds } from '../requested-sounds.ts';
import { together } from '../room-sounds.ts';
import type { MultiPartyCall } from './multiparty-call.ts';
import type {
  ActedOn,
  AddedParticipant,
  AddParticipant,
  MultiPartyControl,
  MultiPartyFilter,
  MultiPartyRecordRequest,
  MultiPartySelector,
  ParticipantChange,
  ParticipantSelector,
  RecordTrack,
  Seat,
  StartedMultiPartyRecording,
} from './multiparty-control.ts';
import type { MultiPartyInvitations } from './multiparty-invitations.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';
import type { MultiPartyArchive } from './multiparty-store.ts';
import { departures, type Participant } from './participant.ts';

export interface MultiPartyControlOptions {
  readonly services: FlowServices;
  readonly archive: MultiPartyArchive;
  readonly invitations: MultiPartyInvitations;
}

/** What the API asks of multiparty calls: the live ones of this node, and the records of all. */
export class MultiPartyControlService implements MultiPartyControl {
  readonly #options: MultiPartyControlOptions;
  readonly #sounds = new RequestedSounds<MultiPartyCall | Participant>(playTo);

  constructor(options: MultiPartyControlOptions) {
    this.#options = options;
  }

  async list(scope: Scope, filter: MultiPartyFilter, page: PageRequest): Promise<Found<MultiPartyRecord>> {
    await Promise.all(this.#within(scope).map((each) => each.settled()));
    return this.#options.archive.list(reachOf(scope), filter, page);
  }

  async find(scope: Scope, which: MultiPartySelector): Promise<MultiPartyRecord> {
    const live = this.#find(scope, which);
    if (live) return live.record;
    return this.#ended(scope, which);
  }

  async activate(scope: Scope, which: MultiPartySelector): Promise<void> {
    const multiParty = this.#live(scope, which);
    if (!multiParty.activate()) throw notFound();
    await multiParty.settled();
  }

  async end(scope: Scope, which: MultiPartySelector): Promise<void> {
    const multiParty = this.#live(scope, which);
    multiParty.end();
    await multiParty.settled();
  }

  async add(scope: Scope, which: MultiPartySelector, request: AddParticipant): Promise<AddedParticipant> {
    return this.#options.invitations.add(scope, () => this.#find(scope, which), which, request);
  }

  async participants(
    scope: Scope,
    which: MultiPartySelector,
    { callId }: { readonly callId: string | undefined },
    page: PageRequest,
  ): Promise<Found<ParticipantRecord>> {
    const live = this.#find(scope, which);
    if (live && which.by === 'name') {
      const all = live.participants.map(({ record }) => record).filter((each) => callId === undefined || each.callId === callId);
      return { total: all.length, items: all.slice(page.offset, page.offset + page.limit) };
    }
    if (live) await live.settled();
    const { id } = live ?? (await this.#ended(scope, which));
    return this.#options.archive.participants(id, callId, page);
  }

  async participant(scope: Scope, which: MultiPartySelector, memberId: string): Promise<ParticipantRecord> {
    const live = this.#find(scope, which);
    const inside = live?.participants.find(({ id }) => id === memberId);
    if (inside) return inside.record;
    if (live) await live.settled();
    const { id } = live ?? (await this.#ended(scope, which));
    const left = await this.#options.archive.participant(id, memberId);
    if (!left) throw notFound();
    return left;
  }

  async update(
    scope: Scope,
    which: MultiPartySelector,
    selector: ParticipantSelector,
    { silently, ...wanted }: ParticipantChange,
  ): Promise<ActedOn> {
    if (wanted.coach !== undefined && selector === 'all') {
      throw invalidParameter('coach_mode', 'coach_mode parameter is invalid: it can be changed of single participants only');
    }
    const multiParty = this.#live(scope, which);
    const members = this.#members(multiParty, selector);
    const changes = members.map((member) => member.change(wanted));
    if (!silently && changes.some(({ coach }) => coach)) multiParty.soundChange();
    await multiParty.settled();
    return actedOn(multiParty, members);
  }

  async kick(scope: Scope, which: MultiPartySelector, selector: ParticipantSelector): Promise<ActedOn> {
    const multiParty = this.#live(scope, which);
    const members = this.#members(multiParty, selector);
    for (const member of members) member.leave(departures.kicked);
    await multiParty.settled();
    return actedOn(multiParty, members);
  }

  async startRecording(
    scope: Scope,
    which: MultiPartySelector,
    request: MultiPartyRecordRequest,
  ): Promise<StartedMultiPartyRecording & { readonly name: string }> {
    const multiParty = this.#live(scope, which);
    const recording = await multiParty.startRecording(request);
    if (!recording) throw notNow('the multiparty call is being recorded, or nobody is in it');
    return { recordingId: recording.recordingId, url: recording.url, name: multiParty.name };
  }

  async stopRecording(scope: Scope, which: MultiPartySelector): Promise<void> {
    const multiParty = this.#live(scope, which);
    if (!multiParty.stopRecording()) throw notFound();
    await multiParty.settled();
  }

  async pauseRecording(scope: Scope, which: MultiPartySelector): Promise<void> {
    await this.#pauseRecording(scope, which, true);
  }

  async resumeRecording(scope: Scope, which: MultiPartySelector): Promise<void> {
    await this.#pauseRecording(scope, which, false);
  }

  async startParticipantRecording(
    scope: Scope,
    which: MultiPartySelector,
    memberId: string,
    { track, ...plan }: MultiPartyRecordRequest & { readonly track: RecordTrack },
  ): Promise<StartedMultiPartyRecording & { readonly name: string }> {
    const multiParty = this.#live(scope, which);
    const participant = this.#member(multiParty, memberId);
    const recording = await this.#options.services.multiParty.tracks.start(multiParty, participant, track, plan);
    if (!recording) throw notNow('the participant is being recorded');
    return { recordingId: recording.recordingId, url: recording.url, name: multiParty.name };
  }

  async stopParticipantRecording(...[scope, which, memberId, track]: TrackArguments): Promise<void> {
    const participant = this.#member(this.#live(scope, which), memberId);
    if (!this.#options.services.multiParty.tracks.stop(participant, track)) throw notFound();
  }

  async pauseParticipantRecording(...[scope, which, memberId, track]: TrackArguments): Promise<void> {
    for (const recording of this.#tracks(scope, which, memberId, track)) recording.setPaused(true);
  }

  async resumeParticipantRecording(...[scope, which, memberId, track]: TrackArguments): Promise<void> {
    for (const recording of this.#tracks(scope, which, memberId, track)) recording.setPaused(false);
  }

  async play(scope: Scope, which: MultiPartySelector, selector: ParticipantSelector, url: string): Promise<ActedOn> {
    const { sounds } = this.#options.services;
    return this.#start(scope, which, selector, 'play', (signal) => sounds.fromUrl(url, signal));
  }

  async stopPlay(scope: Scope, which: MultiPartySelector, selector: ParticipantSelector): Promise<void> {
    this.#stop(scope, which, selector, 'play');
  }

  async speak(...[scope, which, selector, text]: Parameters<MultiPartyControl['speak']>): Promise<ActedOn> {
    const { sounds } = this.#options.services;
    return this.#start(scope, which, selector, 'speech', (signal) => sounds.speech(text, 'api', signal));
  }

  async stopSpeak(scope: Scope, which: MultiPartySelector, selector: ParticipantSelector): Promise<void> {
    this.#stop(scope, which, selector, 'speech');
  }

  async seatsOf(scope: Scope, address: string): Promise<readonly Seat[]> {
    const wanted = comparable(address);
    return this.#within(scope).flatMap(({ id, name, participants }) =>
      participants
        .filter((each) => comparable(each.facts.address) === wanted)
        .map((member) => ({
          multiPartyId: id,
          name,
          member: member.record,
          others: participants.filter((each) => each !== member).map(({ record }) => record),
          departed: member.departed,
        })),
    );
  }

  async whereabouts(multiPartyId: string, callId: string): Promise<'in' | 'coming' | 'gone'> {
    const multiParty = this.#options.services.multiParty.find(multiPartyId);
    if (multiParty?.participants.some(({ call }) => call.id === callId)) return 'in';
    return multiParty?.invitationOf(callId) ? 'coming' : 'gone';
  }

  async giveUp(scope: Scope, multiPartyId: string, callId: string): Promise<boolean> {
    const invitation = this.#find(scope, { by: 'id', id: multiPartyId })?.invitationOf(callId);
    invitation?.cancel(hangupCause(1000, 'API Request'));
    return invitation !== undefined;
  }

  #within(scope: Scope): readonly MultiPartyCall[] {
    const { multiParty } = this.#options.services;
    return multiParty.within(scope.account.authId, scope.subaccount ? ownerOf(scope) : undefined);
  }

  #find(scope: Scope, which: MultiPartySelector): MultiPartyCall | undefined {
    const found = this.#within(scope).filter((each) => (which.by === 'id' ? each.id === which.id : each.name === which.name));
    return found.find(({ ownerId }) => ownerId === ownerOf(scope)) ?? found[0];
  }

  #live(scope: Scope, which: MultiPartySelector): MultiPartyCall {
    const found = this.#find(scope, which);
    if (!found) throw notFound();
    return found;
  }

  /** One that is not live: by its id, because its name may be somebody else's by now. */
  async #ended(scope: Scope, which: MultiPartySelector): Promise<MultiPartyRecord> {
    if (which.by === 'name') throw notFound();
    await this.#options.services.multiParty.settled();
    const record = await this.#options.archive.find(reachOf(scope), which.id);
    if (!record) throw notFound();
    return record;
  }

  #member(multiParty: MultiPartyCall, memberId: string): Participant {
    const member = multiParty.participants.find(({ id }) => id === memberId);
    if (!member) throw notFound();
    return member;
  }

  #members(multiParty: MultiPartyCall, selector: ParticipantSelector): readonly Participant[] {
    if (selector === 'all') return multiParty.participants;
    return [...new Set(selector)].map((memberId) => this.#member(multiParty, memberId));
  }

  #tracks(...[scope, which, memberId, track]: TrackArguments) {
    const participant = this.#member(this.#live(scope, which), memberId);
    const running = this.#options.services.multiParty.tracks.running(participant, track);
    if (running.length === 0) throw notFound();
    return running;
  }

  async #pauseRecording(scope: Scope, which: MultiPartySelector, paused: boolean): Promise<void> {
    const multiParty = this.#live(scope, which);
    if (multiParty.pauseRecording(paused) === undefined) throw notFound();
    await multiParty.settled();
  }

  #start(
    scope: Scope,
    which: MultiPartySelector,
    selector: ParticipantSelector,
    what: 'play' | 'speech',
    load: (signal: AbortSignal) => Promise<Clip>,
  ): ActedOn {
    const multiParty = this.#live(scope, which);
    const members = this.#members(multiParty, selector);
    const targets = selector === 'all' ? [multiParty] : members;
    this.#sounds.start({ targets, what, over: multiParty.over, load, askedFor: members });
    return actedOn(multiParty, members);
  }

  #stop(scope: Scope, which: MultiPartySelector, selector: ParticipantSelector, what: 'play' | 'speech'): void {
    const multiParty = this.#live(scope, which);
    this.#sounds.stop(selector === 'all' ? [multiParty] : this.#members(multiParty, selector), what);
  }
}

/** Those who wait for the start are in no room yet: each hears it by itself, in place of its music. */
function playTo(target: MultiPartyCall | Participant, sources: readonly PlaySource[]): Playback | undefined {
  if (!('participants' in target)) return target.play(sources);
  if (target.state === 'active') return target.audio.request(sources);
  return together(target.participants.flatMap((each) => each.play(sources) ?? []));
}

type TrackArguments = readonly [scope: Scope, which: MultiPartySelector, memberId: string, track: RecordTrack];

const notNow = (reason: string) => new Problem('conflict', reason);

const actedOn = ({ name }: MultiPartyCall, members: readonly Participant[]): ActedOn => ({
  name,
  memberIds: members.map(({ id }) => id),
});

const comparable = (address: string): string => address.trim().replace(/^\+/, '').toLowerCase();
