import type { Micros } from '../../billing/money.ts';
import type { MediaEngine, MediaRoom } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import { MachineRun } from '../../sip/machine.ts';
import type { Call } from '../call.ts';
import type { CallApplication } from '../call-application.ts';
import type { ElementUrl } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import type { HangupCause } from '../hangup-cause.ts';
import { beeps, describedSounds } from '../room-sounds.ts';
import { isAgent } from './hearing.ts';
import type { HouseMusic } from './house-music.ts';
import { billOf } from './multiparty-bill.ts';
import {
  type EndingEvent,
  isEnding,
  type MultiPartyAction,
  type MultiPartyMachineEvent,
  multiPartyMachine,
  terminationOf,
} from './multiparty-machine.ts';
import type { MultiPartyName } from './multiparty-notification.ts';
import type { MultiPartySettings, RoomSound } from './multiparty-plan.ts';
import type { MultiPartyRecord, MultiPartyState, RecordingState, StayBill } from './multiparty-record.ts';
import { beginRecording, type MultiPartyRecording, type MultiPartyRecordingPlan } from './multiparty-recording.ts';
import { mergedSettings } from './multiparty-settings.ts';
import { MultiPartyTeller } from './multiparty-teller.ts';
import { type Departure, departures, type Participant, type ParticipantHost } from './participant.ts';
import type { PendingInvitation } from './pending-invitation.ts';
import { type MultiPartyRecords, RecordKeeper } from './record-keeper.ts';
import { RoomAudio } from './room-audio.ts';

export interface MultiPartyCallOptions extends MultiPartyName {
  readonly clock: Clock;
  readonly media: Pick<MediaEngine, 'createRoom'>;
  readonly houseMusic: HouseMusic;
  readonly notify: CallApplication['notify'];
  readonly records: MultiPartyRecords;
  /** A minute of a participant. */
  readonly rate: Micros;
  /** Of whoever makes it. */
  readonly settings: MultiPartySettings;
  readonly stayAlone: boolean;
  /** What went wrong with no participant's timeline to note it in. */
  note(reason: string): void;
}

/** A meeting of calls with roles (multiparty-calls.md §3): its participants, the rules of its start and end, what sounds in it, its recording. */
export class MultiPartyCall implements ParticipantHost {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly teller: MultiPartyTeller;
  readonly audio: RoomAudio;
  readonly room: MediaRoom;
  readonly #options: MultiPartyCallOptions;
  readonly #machine = new MachineRun(multiPartyMachine, 'initialized');
  readonly #participants = new Map<string, Participant>();
  readonly #invitations = new Set<PendingInvitation>();
  readonly #over = new AbortController();
  readonly #keeper: RecordKeeper;
  readonly #cancelExpiry: () => void;
  #settings: MultiPartySettings;
  #startedAt: number | undefined;
  #end: { readonly at: number; readonly event: EndingEvent } | undefined;
  /** Of those who have left. */
  #billedS = 0;
  #amountMicros = 0;
  #hadCompany = false;
  #recording: MultiPartyRecording | undefined;
  #recordingBegins = false;
  #afterRecording: () => void = () => undefined;
  #recordedBySettings = false;
  /** Resolves when the end is handed to storage, after all that was told before. */
  #closed: Promise<void> = Promise.resolve();

  constructor(options: MultiPartyCallOptions) {
    const { clock, records, settings, note } = options;
    this.#options = options;
    this.id = options.id;
    this.name = options.name;
    this.ownerId = options.ownerId;
    this.accountId = options.accountId;
    this.createdAt = clock.now();
    this.#settings = settings;
    this.room = options.media.createRoom();
    this.audio = new RoomAudio(this.room);
    this.teller = new MultiPartyTeller({ multiParty: this.named, clock, notify: options.notify, lost: note });
    this.#hearStatus();
    this.#keeper = new RecordKeeper(records, clock, () => this.#kept(), note);
    this.#cancelExpiry = clock.after(settings.maxDurationMs, () => this.#fire('expire'));
    this.teller.tell('initialized');
    this.#keeper.changed();
  }

  get named(): MultiPartyName {
    const { id, name, ownerId, accountId } = this;
    return { id, name, ownerId, accountId };
  }

  get state(): MultiPartyState {
    return this.#machine.state;
  }

  get participants(): readonly Participant[] {
    return [...this.#participants.values()];
  }

  /** Aborts when it has ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Those who are in and those who are invited. */
  get expected(): number {
    return this.#participants.size + this.#invitations.size;
  }

  get maxParticipants(): number {
    return this.#settings.maxParticipants;
  }

  get record(): MultiPartyRecord {
    const { maxParticipants, maxDurationMs } = this.#settings;
    const ended = this.#end;
    return {
      id: this.id,
      accountId: this.accountId,
      ownerId: this.ownerId,
      name: this.name,
      state: this.state,
      createdAt: this.createdAt,
      startedAt: this.#startedAt,
      endedAt: ended?.at,
      bill: ended && this.#billAt(ended.at),
      recording: ended ? undefined : this.#recordingState(),
      stayAlone: this.#options.stayAlone,
      maxParticipants,
      maxDurationMs,
      terminationCode: ended && terminationOf[ended.event],
    };
  }

  enter(participant: Participant, settings: MultiPartySettings): void {
    this.#merge(settings);
    this.#participants.set(participant.id, participant);
    this.#hadCompany ||= this.#participants.size > 1;
    this.teller.tell('joined', { participant: participant.facts });
    this.#keeper.changed(participant.record);
    for (const each of this.#invitations) if (each.comingCallId === participant.call.id) this.#invitations.delete(each);
    this.#fire(this.#mayStart() ? 'enter-starter' : 'enter', participant);
    if (this.state !== 'active') return;
    this.#sound(participant, participant.settings.enterSound);
    this.#recordAsSet();
  }

  /** Somebody is being invited until `settled`. Its settings count as if it was in. */
  invite(invitation: PendingInvitation, settings: MultiPartySettings): void {
    this.#merge(settings);
    this.#invitations.add(invitation);
  }

  /** What this call was placed for, while it may still bring somebody in. */
  invitationOf = (callId: string) => [...this.#invitations].find((each) => each.concerns(callId));

  /** Nobody who is not in yet comes in any more. */
  giveUpInvitations(cause: HangupCause): void {
    for (const invitation of [...this.#invitations]) invitation.cancel(cause);
  }

  /** The invited one is in, or will not come. */
  settle(invitation: PendingInvitation): void {
    this.#invitations.delete(invitation);
    if (this.expected === 0) this.#fire('empty');
  }

  /** False when it is active already. */
  activate(): boolean {
    if (this.state !== 'initialized') return false;
    this.#fire('activate');
    return true;
  }

  end(): void {
    this.#fire('end');
  }

  /** Undefined when it ended meanwhile, or is being recorded already. @throws when storage does not take it */
  async startRecording(plan: MultiPartyRecordingPlan): Promise<MultiPartyRecording | undefined> {
    const [first] = this.#participants.values();
    if (!first || this.#recording || this.#recordingBegins) return undefined;
    this.#recordingBegins = true;
    try {
      const voices = this.#settings.recordCoachVoice ? 'everything' : 'said-to-all';
      const recording = await beginRecording(
        {
          call: first.call,
          services: first.services,
          of: { kind: 'multiparty', id: this.id, name: this.name },
          memberId: undefined,
          channels: 'mono',
          record: (options) => this.room.record({ ...options, voices }),
        },
        plan,
        this.teller,
        this.over,
      );
      if (recording) this.#recordingBegan(recording, first);
      return recording;
    } finally {
      this.#recordingBegins = false;
    }
  }

  /** False when nothing is recorded. The file is made afterwards. */
  stopRecording(): boolean {
    if (!this.#recording) return false;
    this.#recording.stop();
    this.#recordingIsOver();
    return true;
  }

  /** False: it was so already. Undefined when nothing is recorded. */
  pauseRecording(paused: boolean): boolean | undefined {
    const changed = this.#recording?.setPaused(paused);
    if (changed) this.#keeper.changed();
    return changed;
  }

  /** Resolves when records and notifications of what has happened are written, or given up. */
  async settled(): Promise<void> {
    await this.#closed;
    await Promise.all([this.#keeper.settled(), this.teller.settled()]);
  }

  music(of: 'wait' | 'agent-hold' | 'customer-hold'): ElementUrl | undefined {
    const { waitMusic, agentHoldMusic, customerHoldMusic } = this.#settings;
    return of === 'wait' ? waitMusic : of === 'agent-hold' ? agentHoldMusic : customerHoldMusic;
  }

  houseMusic = () => this.#options.houseMusic.clip;

  wants: ParticipantHost['wants'] = (group) => this.teller.wants(group);

  tell: ParticipantHost['tell'] = (event, participant, digit) => this.teller.tell(event, { participant, digit });

  bill: ParticipantHost['bill'] = (joinedAt, exitedAt) => billOf(this.#options.rate, joinedAt, exitedAt);

  changed(participant: Participant): void {
    this.#keeper.changed(participant.record);
  }

  /** The participant is out of the room. */
  left(participant: Participant): void {
    if (!this.#participants.delete(participant.id)) return;
    const { record } = participant;
    this.#billedS += record.bill?.billedS ?? 0;
    this.#amountMicros += record.bill?.amountMicros ?? 0;
    this.teller.tell('exited', { participant: participant.facts });
    this.#keeper.changed(record);
    if (this.state === 'ended') return;
    const [only, other] = this.#participants.values();
    if (participant.settings.endOnExit) this.#fire('owner-left');
    if (!only) this.#fire('empty');
    else if (!other && this.#hadCompany && !only.settings.stayAlone) this.#fire('alone');
    if (this.state === 'active') this.#sound(participant, participant.settings.exitSound);
  }

  /** Everybody hears that somebody's role has changed. */
  soundChange(): void {
    this.audio.announce(beeps(1));
  }

  #fire(event: MultiPartyMachineEvent, participant?: Participant): void {
    const actions = this.#machine.fire(event);
    if (this.state === 'ended' && isEnding(event)) this.#end ??= { at: this.#options.clock.now(), event };
    for (const action of actions) this.#act(action, participant);
  }

  #act(action: MultiPartyAction, participant: Participant | undefined): void {
    switch (action) {
      case 'wait':
        participant?.wait();
        return;
      case 'start':
        this.#startedAt = this.#options.clock.now();
        this.teller.tell('started');
        this.#keeper.changed();
        for (const each of this.participants) each.connect(this.room);
        if (!participant) this.#recordAsSet();
        return;
      case 'connect':
        participant?.connect(this.room);
        return;
      case 'release':
        this.#release(this.#end?.event === 'end' ? departures['ended by request'] : departures.ended);
        return;
      case 'close':
        this.#close();
        return;
    }
  }

  #release(departure: Departure): void {
    for (const each of this.participants) each.leave(departure);
    this.giveUpInvitations(departure.cause);
    this.#invitations.clear();
  }

  #close(): void {
    this.#cancelExpiry();
    const { bill, terminationCode } = this.record;
    const end = bill && terminationCode !== undefined ? { bill, code: terminationCode } : undefined;
    const told = this.teller.status('ended', { end });
    // What was told before is written before.
    this.#closed = this.teller.settled().then(() => this.#keeper.close(told));
    this.room.close();
    this.#over.abort();
  }

  /** Somebody who may start it is in, and an agent where one is waited for. */
  #mayStart(): boolean {
    const all = this.participants;
    const agentIsIn = all.some(({ settings }) => isAgent(settings.role));
    return all.some(({ settings }) => settings.startOnEnter) && (agentIsIn || !this.#settings.waitForAgent);
  }

  #merge(settings: MultiPartySettings): void {
    this.#settings = mergedSettings(this.#settings, settings);
    this.#hearStatus();
    for (const each of this.participants) each.watchSpeech();
  }

  #hearStatus(): void {
    const { statusCallback, statusEvents } = this.#settings;
    this.teller.statusCallback = statusCallback && { target: statusCallback, events: statusEvents };
  }

  #sound(participant: Participant, sound: RoomSound | undefined): void {
    if (!sound) return;
    if (sound.kind === 'beeps') this.audio.announce(beeps(sound.count));
    else this.#announce(participant.call, participant.services, sound.target);
  }

  #announce(call: Call, services: FlowServices, target: ElementUrl): void {
    describedSounds(call, services, 'multiparty-sound', target, this.over).then(
      (sources) => {
        if (!this.over.aborted) this.audio.announce(sources);
      },
      (error: unknown) => call.note('multiparty_sound_failed', { reason: String(error) }),
    );
  }

  /** Once, as soon as enough are in. */
  #recordAsSet(): void {
    const { record, recordMinMembers, recordFormat, recordingCallback, transcription } = this.#settings;
    if (!record || this.#recordedBySettings || this.#participants.size < recordMinMembers) return;
    this.#recordedBySettings = true;
    this.startRecording({ format: recordFormat, callback: recordingCallback, transcription }).catch((error: unknown) => {
      for (const { call } of this.participants.slice(0, 1)) call.note('recording_failed', { reason: String(error) });
    });
  }

  #recordingBegan(recording: MultiPartyRecording, { call, services }: Participant): void {
    this.#recording = recording;
    this.#keeper.changed();
    const { startRecordingAudio, stopRecordingAudio } = this.#settings;
    if (startRecordingAudio) this.#announce(call, services, startRecordingAudio);
    this.#afterRecording = () => {
      if (stopRecordingAudio) this.#announce(call, services, stopRecordingAudio);
    };
    void recording.ended.then(() => {
      if (this.#recording === recording) this.#recordingIsOver();
    });
  }

  #recordingIsOver(): void {
    this.#recording = undefined;
    if (this.state === 'ended') return;
    this.#keeper.changed();
    this.#afterRecording();
  }

  #recordingState(): RecordingState {
    if (!this.#recording) return 'not-recording';
    return this.#recording.paused ? 'paused' : 'recording';
  }

  #billAt(at: number): StayBill {
    const durationS = Math.round((at - (this.#startedAt ?? this.createdAt)) / 1_000);
    return { durationS, billedS: this.#billedS, amountMicros: this.#amountMicros };
  }

  #kept() {
    const { teller, record } = this;
    return { record, statusCallback: teller.statusCallback, sequence: teller.sequence, rateMicros: this.#options.rate };
  }
}
