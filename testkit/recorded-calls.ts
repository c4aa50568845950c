import { notFound, type Problem } from '../src/errors/catalogue.ts';
import type { SpokenCode } from '../src/verification/code-caller.ts';
import type { CallControl } from '../src/voice/call-control.ts';
import type { ConferenceControl, ConferenceFacts, MemberSelector } from '../src/voice/conferences/conference-control.ts';
import type { ProgramCallRequest } from '../src/voice/program-calls.ts';
import type { Registration } from '../src/voice/registrations.ts';
import type { StreamPlan } from '../src/voice/streams/stream-plan.ts';
import type { VoiceServices } from '../src/voice/voice-off.ts';
import { RecordedMultiPartyCalls } from './recorded-multiparty-calls.ts';

/** Stands in for the call engine: writes down what it is asked and answers as if it were done. */
export class RecordedCalls implements VoiceServices {
  /** Name of the request and what it was asked, without the scope. */
  readonly asked: (readonly [keyof CallControl | keyof ConferenceControl, ...unknown[]])[] = [];
  readonly codes: (SpokenCode & { readonly digits: string })[] = [];
  readonly registered = new Map<string, Registration>();
  readonly dropped: string[] = [];
  /** Answers instead of success, once. */
  refuseNext: Problem | undefined;
  queued = false;
  /** Destinations that no call can be made to. */
  invalid: readonly string[] = [];

  readonly calls: CallControl = {
    place: async (_scope, request) => {
      this.#note('place', request);
      const callable = request.to.filter((to) => !this.invalid.includes(to));
      return { requestIds: callable.map((_, index) => REQUEST_IDS[index] ?? ''), queued: this.queued, invalid: this.invalid };
    },
    transfer: async (_scope, ...rest) => this.#note('transfer', ...rest),
    hangUp: async (_scope, ...rest) => this.#note('hangUp', ...rest),
    hangUpAll: async () => this.#note('hangUpAll'),
    cancelRequest: async (_scope, ...rest) => this.#note('cancelRequest', ...rest),
    play: async (_scope, ...rest) => this.#note('play', ...rest),
    stopPlay: async (_scope, ...rest) => this.#note('stopPlay', ...rest),
    speak: async (_scope, ...rest) => this.#note('speak', ...rest),
    stopSpeak: async (_scope, ...rest) => this.#note('stopSpeak', ...rest),
    sendDigits: async (_scope, ...rest) => this.#note('sendDigits', ...rest),
    startRecording: async (_scope, ...rest) => {
      this.#note('startRecording', ...rest);
      return { recordingId: REQUEST_IDS[0] ?? '', url: `http://127.0.0.1:7464/${REQUEST_IDS[0]}.mp3` };
    },
    stopRecording: async (_scope, ...rest) => this.#note('stopRecording', ...rest),
  };

  readonly streamsAsked: { readonly what: 'start' | 'stop' | 'stopAll'; readonly of: string; readonly plan?: StreamPlan }[] = [];
  readonly streams: VoiceServices['streams'] = {
    start: async (_scope, callId, plan) => {
      if (callId === UNKNOWN_CALL) throw notFound();
      this.streamsAsked.push({ what: 'start', of: callId, plan });
      return REQUEST_IDS[0] ?? '';
    },
    stop: async (_scope, _callId, streamId) => void this.streamsAsked.push({ what: 'stop', of: streamId }),
    stopAll: async (_scope, callId) => void this.streamsAsked.push({ what: 'stopAll', of: callId }),
  };

  /** What is told of a conference, whatever its name. */
  conference: Omit<ConferenceFacts, 'name'> = { createdAt: 0, members: [] };

  readonly conferences: ConferenceControl = {
    names: async () => {
      this.#note('names');
      return ['room a', 'room b'];
    },
    find: async (_scope, name) => {
      this.#note('find', name);
      return { name, ...this.conference };
    },
    hangUp: async (_scope, ...rest) => this.#note('hangUp', ...rest),
    hangUpAll: async () => this.#note('hangUpAll'),
    hangUpMembers: async (_scope, ...rest) => this.#members('hangUpMembers', ...rest),
    kick: async (_scope, ...rest) => this.#members('kick', ...rest),
    mute: async (_scope, ...rest) => this.#members('mute', ...rest),
    deafen: async (_scope, ...rest) => this.#members('deafen', ...rest),
    play: async (_scope, ...rest) => this.#members('play', ...rest),
    stopPlay: async (_scope, ...rest) => this.#note('stopPlay', ...rest),
    speak: async (_scope, ...rest) => this.#members('speak', ...rest),
    stopSpeak: async (_scope, ...rest) => this.#note('stopSpeak', ...rest),
    startRecording: async (_scope, ...rest) => {
      this.#note('startRecording', ...rest);
      return { recordingId: REQUEST_IDS[0] ?? '', url: `http://127.0.0.1:7464/${REQUEST_IDS[0]}.mp3` };
    },
    stopRecording: async (_scope, ...rest) => this.#note('stopRecording', ...rest),
  };

  readonly multiPartyCalls = new RecordedMultiPartyCalls();

  readonly registrations: VoiceServices['registrations'] = {
    of: async (usernames) =>
      new Map(
        usernames.flatMap((name) => {
          const found = this.registered.get(name);
          return found ? [[name, found] as const] : [];
        }),
      ),
    drop: async (username) => void this.dropped.push(username),
  };

  readonly programs: ProgramCallRequest[] = [];
  readonly programCalls: VoiceServices['programCalls'] = {
    start: async (_scope, request) => {
      const problem = this.refuseNext;
      this.refuseNext = undefined;
      if (problem) throw problem;
      this.programs.push(request);
      return REQUEST_IDS[0] ?? '';
    },
  };

  readonly codeCaller: VoiceServices['codeCaller'] = {
    speakCode: async (_scope, spoken) => void this.codes.push({ ...spoken, digits: spoken.to }),
  };

  /** What was asked last, and nothing else since the last time. */
  taken(): readonly unknown[] {
    return this.asked.splice(0).flat();
  }

  /** All are two members. */
  #members(
    request: keyof ConferenceControl,
    name: string,
    selector: MemberSelector,
    ...rest: readonly unknown[]
  ): readonly string[] {
    this.#note(request, name, selector, ...rest);
    return selector === 'all' ? ['12', '13'] : selector;
  }

  #note(...request: readonly [keyof CallControl | keyof ConferenceControl, ...unknown[]]): void {
    const problem = this.refuseNext;
    this.refuseNext = undefined;
    if (problem) throw problem;
    if (request[1] === UNKNOWN_CALL || request[1] === UNKNOWN_CONFERENCE) throw notFound();
    this.asked.push(request);
  }
}

/** What the stand-in places calls as, in order. */
export const REQUEST_IDS = [
  '019a0000-0000-7000-8000-000000000001',
  '019a0000-0000-7000-8000-000000000002',
  '019a0000-0000-7000-8000-000000000003',
];
/** A call that the stand-in does not know. */
export const UNKNOWN_CALL = '019a0000-0000-7000-8000-00000000dead';
/** A conference that the stand-in does not know. */
export const UNKNOWN_CONFERENCE = 'nobody is here';
