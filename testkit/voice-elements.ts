import type {
  ConferenceElement,
  DialElement,
  DialTarget,
  DtmfElement,
  GetDigitsElement,
  GetInputElement,
  HangupElement,
  PlayElement,
  RecordElement,
  RedirectElement,
  SpeakElement,
  StreamElement,
  VoiceElement,
  WaitElement,
} from '../src/voice/document.ts';
import type { StreamPlan } from '../src/voice/streams/stream-plan.ts';
import { createVoiceRig } from './voice-rig.ts';

/** Elements as a document without attributes has them, for tests that run them. */

export const post = (url: string) => ({ url, method: 'POST' });
export const ANSWER = post('http://app.example/answer');

export const speak = (text: string, loop = 1): SpeakElement => ({
  element: 'Speak',
  voice: 'WOMAN',
  language: 'en-US',
  loop,
  content: [text],
});

export const play = (url: string, loop = 1): PlayElement => ({ element: 'Play', url, loop });

export const waitFor = (seconds: number, more: Partial<WaitElement> = {}): WaitElement => ({
  element: 'Wait',
  lengthMs: seconds * 1000,
  minSilenceMs: undefined,
  beep: undefined,
  ...more,
});

export const BOT = 'wss://bot.example/ws?room=7';

export const stream = (more: Partial<StreamPlan> = {}): StreamElement => ({
  element: 'Stream',
  plan: {
    url: BOT,
    bidirectional: false,
    track: 'inbound',
    timeoutMs: 86_400_000,
    encoding: 'l16',
    sampleRate: 8_000,
    extraHeaders: '',
    statusCallback: post('http://app.example/stream'),
    noiseLevel: undefined,
    keepCallAlive: false,
    ...more,
  },
});

export const dtmf = (digits: string, async = true): DtmfElement => ({ element: 'DTMF', digits, async });

export const hangup = (more: Partial<HangupElement> = {}): HangupElement => ({
  element: 'Hangup',
  reason: undefined,
  scheduleMs: 0,
  ...more,
});

export const redirect = (url: string, method = 'POST'): RedirectElement => ({ element: 'Redirect', target: { url, method } });

export const getDigits = (more: Partial<GetDigitsElement> = {}): GetDigitsElement => ({
  element: 'GetDigits',
  action: post('http://app.example/menu'),
  redirect: true,
  timeoutMs: 5_000,
  digitTimeoutMs: 2_000,
  finishOnKey: '#',
  numDigits: 99,
  retries: 1,
  playBeep: false,
  validDigits: '1234567890*#',
  invalidDigitsSound: undefined,
  log: true,
  prompts: [],
  ...more,
});

export const getInput = (more: Partial<GetInputElement> = {}): GetInputElement => ({
  element: 'GetInput',
  action: post('http://app.example/said'),
  redirect: true,
  inputs: new Set(['dtmf']),
  executionTimeoutMs: 15_000,
  digitEndTimeoutMs: 'auto',
  speechEndTimeoutMs: 'auto',
  startInputTimeoutMs: undefined,
  retries: 1,
  speechModel: 'default',
  hints: [],
  language: 'en-US',
  profanityFilter: false,
  interimResults: undefined,
  log: true,
  finishOnKey: '#',
  numDigits: 32,
  prompts: [],
  ...more,
});

export const record = (more: Partial<RecordElement> = {}): RecordElement => ({
  element: 'Record',
  action: post('http://app.example/vm'),
  redirect: true,
  fileFormat: 'mp3',
  timeoutMs: 15_000,
  maxLengthMs: 60_000,
  playBeep: true,
  finishOnKey: '#',
  mode: 'prompted',
  channels: 'stereo',
  callback: undefined,
  transcription: undefined,
  ...more,
});

export const target = (address: string, more: Partial<DialTarget> = {}): DialTarget => ({
  kind: address.startsWith('sip:') ? 'user' : 'number',
  address,
  sendDigits: undefined,
  sendOnPreanswer: false,
  sendDigitsMethod: 'inband',
  callerId: undefined,
  callerName: undefined,
  headers: {},
  credentials: undefined,
  ...more,
});

export const dial = (targets: readonly (string | DialTarget)[], more: Partial<DialElement> = {}): DialElement => ({
  element: 'Dial',
  action: post('http://app.example/done'),
  redirect: true,
  timeoutMs: 120_000,
  timeLimitMs: 14_400_000,
  callerId: undefined,
  callerName: undefined,
  hangupOnStar: false,
  confirmSound: undefined,
  confirmKey: undefined,
  confirmTimeoutMs: 120_000,
  dialMusic: { kind: 'ringback' },
  callback: undefined,
  digitsMatch: [],
  digitsMatchBLeg: [],
  targets: targets.map((each) => (typeof each === 'string' ? target(each) : each)),
  ...more,
});

export const conference = (name: string, more: Partial<ConferenceElement> = {}): ConferenceElement => ({
  element: 'Conference',
  name,
  action: post('http://app.example/left'),
  redirect: true,
  muted: false,
  enterSound: undefined,
  exitSound: undefined,
  waitSound: undefined,
  startOnEnter: true,
  endOnExit: false,
  stayAlone: true,
  maxMembers: 20,
  timeLimitMs: 86_400_000,
  hangupOnStar: false,
  record: undefined,
  transcription: undefined,
  callback: post('http://app.example/room'),
  digitsMatch: [],
  floorEvent: false,
  relayDtmf: true,
  ...more,
});

/** An inbound call whose application answers with these elements; it rings and its document runs. */
export function inbound(elements: readonly VoiceElement[], prepare: (rig: ReturnType<typeof createVoiceRig>) => void = () => {}) {
  const rig = createVoiceRig();
  rig.application.answers(ANSWER.url, elements);
  prepare(rig);
  const started = rig.startCall('inbound');
  const run = started.flow.run({ kind: 'answer', answer: ANSWER, fallback: undefined });
  return {
    rig,
    ...started,
    run,
    end: () => rig.ended.find(({ callId }) => callId === started.call.id)?.ended,
    /** Code and source of its end. */
    ending: () => {
      const cause = rig.ended.find(({ callId }) => callId === started.call.id)?.ended?.cause;
      return cause && `${cause.code} ${cause.source}`;
    },
    /** When each thing was played to the caller, milliseconds from the start. */
    heardAt: () => started.leg.media?.heard.map(({ at }) => at - started.call.facts.startedAt) ?? [],
    events: (event: string) =>
      rig.steps.filter((step) => step.callId === started.call.id && step.event === event).map(({ detail }) => detail),
  };
}
