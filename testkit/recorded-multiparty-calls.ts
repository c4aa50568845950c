import { notFound } from '../src/errors/catalogue.ts';
import type {
  ActedOn,
  MultiPartyControl,
  MultiPartySelector,
  ParticipantSelector,
  Seat,
} from '../src/voice/multiparty/multiparty-control.ts';
import type { MultiPartyRecord, ParticipantRecord } from '../src/voice/multiparty/multiparty-record.ts';

type Asked = readonly [keyof MultiPartyControl, ...unknown[]];

/** A multiparty call of this name is not there. */
export const UNKNOWN_MULTIPARTY = 'nobody';
/** What the stand-in calls a multiparty call that is asked for by id. */
export const NAMED_BY_ID = 'support-42';
export const ADDED_CALLS = ['019a0000-0000-7000-8000-000000000021', '019a0000-0000-7000-8000-000000000022'];
export const RECORDING_ID = '019a0000-0000-4000-8000-000000000031';

/** Stands in for the multiparty calls: writes down what it is asked, without the scope, and answers as if it were done. */
export class RecordedMultiPartyCalls implements MultiPartyControl {
  readonly asked: Asked[] = [];
  records: readonly MultiPartyRecord[] = [];
  stays: readonly ParticipantRecord[] = [];
  /** Who is in, whatever the address that is asked for. */
  seats: readonly Seat[] = [];
  /** Of whoever was added. */
  place: 'in' | 'coming' | 'gone' = 'coming';

  list: MultiPartyControl['list'] = async (_scope, ...rest) => {
    this.#note('list', ...rest);
    return { total: this.records.length, items: this.records };
  };
  find: MultiPartyControl['find'] = async (_scope, which) => {
    this.#note('find', which);
    const [record] = this.records;
    if (!record) throw notFound();
    return record;
  };
  activate: MultiPartyControl['activate'] = async (_scope, ...rest) => this.#note('activate', ...rest);
  end: MultiPartyControl['end'] = async (_scope, ...rest) => this.#note('end', ...rest);
  add: MultiPartyControl['add'] = async (_scope, ...rest) => {
    this.#note('add', ...rest);
    const [, { invite }] = rest;
    const [first = '', second = ''] = ADDED_CALLS;
    if (invite.kind === 'transfer') return { requestId: invite.callId, calls: [{ callId: invite.callId, from: '1', to: '2' }] };
    const calls = invite.destinations.map(({ to }, at) => ({ callId: at === 0 ? first : second, from: invite.from, to }));
    return { requestId: calls.length === 1 ? first : RECORDING_ID, calls };
  };
  participants: MultiPartyControl['participants'] = async (_scope, ...rest) => {
    this.#note('participants', ...rest);
    return { total: this.stays.length, items: this.stays };
  };
  participant: MultiPartyControl['participant'] = async (_scope, ...rest) => {
    this.#note('participant', ...rest);
    const [stay] = this.stays;
    if (!stay) throw notFound();
    return stay;
  };
  update: MultiPartyControl['update'] = async (_scope, ...rest) => this.#actedOn('update', ...rest);
  kick: MultiPartyControl['kick'] = async (_scope, ...rest) => this.#actedOn('kick', ...rest);
  startRecording: MultiPartyControl['startRecording'] = async (_scope, ...rest) => this.#started('startRecording', ...rest);
  stopRecording: MultiPartyControl['stopRecording'] = async (_scope, ...rest) => this.#note('stopRecording', ...rest);
  pauseRecording: MultiPartyControl['pauseRecording'] = async (_scope, ...rest) => this.#note('pauseRecording', ...rest);
  resumeRecording: MultiPartyControl['resumeRecording'] = async (_scope, ...rest) => this.#note('resumeRecording', ...rest);
  startParticipantRecording: MultiPartyControl['startParticipantRecording'] = async (_scope, ...rest) =>
    this.#started('startParticipantRecording', ...rest);
  stopParticipantRecording: MultiPartyControl['stopParticipantRecording'] = async (_scope, ...rest) =>
    this.#note('stopParticipantRecording', ...rest);
  pauseParticipantRecording: MultiPartyControl['pauseParticipantRecording'] = async (_scope, ...rest) =>
    this.#note('pauseParticipantRecording', ...rest);
  resumeParticipantRecording: MultiPartyControl['resumeParticipantRecording'] = async (_scope, ...rest) =>
    this.#note('resumeParticipantRecording', ...rest);
  play: MultiPartyControl['play'] = async (_scope, ...rest) => this.#actedOn('play', ...rest);
  stopPlay: MultiPartyControl['stopPlay'] = async (_scope, ...rest) => this.#note('stopPlay', ...rest);
  speak: MultiPartyControl['speak'] = async (_scope, ...rest) => this.#actedOn('speak', ...rest);
  stopSpeak: MultiPartyControl['stopSpeak'] = async (_scope, ...rest) => this.#note('stopSpeak', ...rest);

  seatsOf: MultiPartyControl['seatsOf'] = async (_scope, address) =>
    this.seats.filter(({ member }) => member.address === address.replace('+', ''));
  whereabouts: MultiPartyControl['whereabouts'] = async () => this.place;
  giveUp: MultiPartyControl['giveUp'] = async () => this.place === 'coming';

  /** What was asked last, and nothing else since the last time. */
  taken(): readonly unknown[] {
    return this.asked.splice(0).flat();
  }

  /** All are two members. */
  #actedOn(what: keyof MultiPartyControl, which: MultiPartySelector, members: ParticipantSelector, ...rest: unknown[]): ActedOn {
    this.#note(what, which, members, ...rest);
    return { name: nameOf(which), memberIds: members === 'all' ? ['12', '13'] : members };
  }

  #started(what: keyof MultiPartyControl, which: MultiPartySelector, ...rest: unknown[]) {
    this.#note(what, which, ...rest);
    return { name: nameOf(which), recordingId: RECORDING_ID, url: `http://127.0.0.1:7464/${RECORDING_ID}.mp3` };
  }

  #note(what: keyof MultiPartyControl, ...rest: readonly unknown[]): void {
    const [which] = rest;
    if (typeof which === 'object' && which !== null && 'by' in which && 'name' in which && which.name === UNKNOWN_MULTIPARTY) {
      throw notFound();
    }
    this.asked.push([what, ...rest]);
  }
}

const nameOf = (which: MultiPartySelector): string => (which.by === 'name' ? which.name : NAMED_BY_ID);
