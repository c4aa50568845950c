import type { MediaEngine, MediaRoom, Playback, PlaySource } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import { MachineRun } from '../../sip/machine.ts';
import type { Call } from '../call.ts';
import type { CallNotification, ConferenceName, RecordingFacts } from '../call-application.ts';
import type { RunningRecording } from '../call-recordings.ts';
import type { Transcription } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import { type ConferenceAction, type ConferenceEvent, conferenceMachine } from './conference-machine.ts';
import type { ConferenceMember } from './conference-member.ts';
import { roomSound } from './conference-sounds.ts';

export interface ConferenceOptions {
  readonly id: string;
  readonly name: string;
  /** Account or subaccount whose calls meet here. */
  readonly ownerId: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly media: Pick<MediaEngine, 'createRoom'>;
  readonly onEnd: () => void;
}

export interface ConferenceRecordingPlan {
  readonly format: 'mp3' | 'wav';
  readonly maxMs: number;
  readonly transcription: Transcription | undefined;
  /** What is told when the file is ready. */
  readonly notification: (call: Call, recording: RecordingFacts) => CallNotification | undefined;
}

/** As long as an entry or exit sound is heard at most: the next one may follow soon. */
const ROOM_SOUND_MAX_MS = 30_000;
/** A recording that XML asked for lasts as long as its conference; this is the longest one. */
const RECORDING_MAX_MS = 86_400_000;

/** A meeting of calls (voice-xml.md §6.13): its members, the rules of its start and end, what sounds in it and its recordings. */
export class Conference {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly #options: ConferenceOptions;
  readonly #machine = new MachineRun(conferenceMachine, 'waiting');
  readonly #room: MediaRoom;
  readonly #members = new Map<string, ConferenceMember>();
  readonly #limits = new Map<string, () => void>();
  readonly #recordings = new Set<RunningRecording>();
  readonly #over = new AbortController();
  #recordedByXml: { readonly recordingId: string; readonly url: string } | undefined;
  #xmlRecordingAsked = false;
  #roomSound: Playback | undefined;
  /** The API plays to all: sounds of entry and exit are left out meanwhile. */
  #played: Playback | undefined;

  constructor(options: ConferenceOptions) {
    this.id = options.id;
    this.name = options.name;
    this.ownerId = options.ownerId;
    this.accountId = options.accountId;
    this.createdAt = options.clock.now();
    this.#options = options;
    this.#room = options.media.createRoom();
  }

  get members(): readonly ConferenceMember[] {
    return [...this.#members.values()];
  }

  get started(): boolean {
    return this.#machine.state === 'running';
  }

  /** Aborts when it has ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The recording that a member's XML asked for. */
  get recordedByXml(): { readonly recordingId: string; readonly url: string } | undefined {
    return this.#recordedByXml;
  }

  enter(member: ConferenceMember): void {
    const { element } = member;
    const isFirst = this.#members.size === 0;
    this.#members.set(member.id, member);
    this.#limits.set(
      member.id,
      this.#options.clock.after(element.timeLimitMs, () => this.end()),
    );
    member.tell({ action: 'enter', isFirst });
    this.#fire(element.startOnEnter ? 'enter-starter' : 'enter', member);
    if (this.started) this.#soundOf(member, 'enter');
    if (this.started) this.#recordForXml();
  }

  /** The member is out of the room. */
  left(member: ConferenceMember): void {
    if (!this.#members.delete(member.id)) return;
    this.#limits.get(member.id)?.();
    this.#limits.delete(member.id);
    member.tell({ action: 'exit', isLast: this.#members.size === 0 });
    if (this.#members.size === 0) this.#fire('empty', member);
    else if (member.element.endOnExit) this.end();
    else {
      const [only, other] = this.#members.values();
      if (only && !other && !only.element.stayAlone) this.#fire('alone', only);
      else if (this.started) this.#soundOf(member, 'exit');
    }
  }

  /** Lets all members go on with their documents. */
  end(): void {
    this.#fire('end', undefined);
  }

  /** Plays to all members, once; what the API played before stops. */
  play(sources: readonly PlaySource[]): Playback {
    const playback = this.#room.play(sources, { loop: 1 });
    this.#played = playback;
    void playback.ended.then(() => {
      if (this.#played === playback) this.#played = undefined;
    });
    return playback;
  }

  /** Resolves when its name is committed. Undefined when the conference ended meanwhile. @throws when storage does not take it */
  async record(call: Call, services: FlowServices, plan: ConferenceRecordingPlan): Promise<RunningRecording | undefined> {
    const { format, maxMs, transcription } = plan;
    const prepared = await services.recordings.prepare(
      call,
      { format, channels: 'mono', maxMs, silenceMs: undefined, callback: undefined, apiId: undefined, transcription },
      {
        of: { kind: 'conference', ...this.#named },
        record: (options) => this.#room.record(options),
        notification: (facts) => plan.notification(call, facts),
      },
    );
    if (this.over.aborted) {
      await prepared.discard();
      return undefined;
    }
    const running = await prepared.start();
    this.#recordings.add(running);
    void running.finished.then(() => this.#recordings.delete(running));
    return running;
  }

  stopRecording(): void {
    for (const recording of this.#recordings) recording.stop();
  }

  get #named(): ConferenceName {
    return { id: this.id, name: this.name };
  }

  #fire(event: ConferenceEvent, member: ConferenceMember | undefined): void {
    for (const action of this.#machine.fire(event)) this.#act(action, member);
  }

  #act(action: ConferenceAction, member: ConferenceMember | undefined): void {
    switch (action) {
      case 'wait':
        member?.wait();
        return;
      case 'start':
        for (const each of this.members) each.connect(this.#room);
        return;
      case 'connect':
        member?.connect(this.#room);
        return;
      case 'release':
        for (const each of this.members) each.leave('left');
        return;
      case 'close':
        this.#over.abort();
        this.#room.close();
        this.#options.onEnd();
        return;
    }
  }

  #soundOf(member: ConferenceMember, of: 'enter' | 'exit'): void {
    const { enterSound, exitSound } = member.element;
    const sound = of === 'enter' ? enterSound : exitSound;
    if (sound === undefined) return;
    const about = { sound: of, conference: this.#named, memberId: member.id };
    const play = async () => {
      const sources = await roomSound(member.call, member.services, sound, about, this.over);
      if (sources.length === 0 || this.over.aborted || this.#played) return;
      this.#roomSound?.stop();
      this.#roomSound = this.#room.play(sources, { loop: 1, maxMs: ROOM_SOUND_MAX_MS });
    };
    play().catch((error: unknown) => member.call.note('conference_sound_failed', { reason: String(error) }));
  }

  /** Once for a conference, whoever of its members asks for it first. */
  #recordForXml(): void {
    const member = this.members.find(({ element }) => element.record !== undefined);
    const format = member?.element.record;
    if (!member || format === undefined || this.#xmlRecordingAsked) return;
    this.#xmlRecordingAsked = true;
    const { call, services, element } = member;
    const conference = this.#named;
    const { callback } = element;
    const started = this.record(call, services, {
      format,
      maxMs: RECORDING_MAX_MS,
      transcription: element.transcription,
      notification: (told, recording) =>
        callback && {
          kind: 'conference',
          action: 'record',
          call: told.facts,
          target: callback,
          conference,
          memberId: member.id,
          recording,
        },
    });
    started.then(
      (running) => {
        this.#recordedByXml = running;
        if (!running) return;
        const { recordingId, url } = running;
        member.tell({ action: 'record', recording: { recordingId, url, durationMs: -1, startedAt: -1, endedAt: -1 } });
      },
      (error: unknown) => call.note('recording_failed', { reason: String(error) }),
    );
  }
}
