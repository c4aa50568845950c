/** What the suites of call webhooks share: an application that answers by path, called parties, and the forms of what it is told. */
import assert from 'node:assert/strict';
import { FarEnd } from './far-end.ts';
import { OWN_NUMBER } from './fixture.ts';
import { type SdkClient, type SdkObject, sdk, type XmlElement, XmlResponse } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { sine, wavOf } from './tones.ts';
import { voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';
import { type Answer, allSignaturesValid, checkSignatures, type Received, WebhookReceiver } from './webhook-receiver.ts';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UTC_MICROSECONDS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
export const SECONDS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const AMOUNT = /^\d+\.\d{5}$/;
export const NUMBER = /^\d+$/;

/** What every request about a call has to tell, with its form. */
export const COMMON: Readonly<Record<string, RegExp>> = {
  CallUUID: UUID,
  From: NUMBER,
  To: NUMBER,
  Direction: /^(?:inbound|outbound)$/,
  CallStatus: /^(?:ringing|in-progress|completed|busy|failed|timeout|no-answer|cancel)$/,
  Event: /^[A-Z]/,
  ParentAuthID: /^MA[A-Z0-9]{18}$/,
  SessionStart: UTC_MICROSECONDS,
  BillRate: AMOUNT,
  STIRVerification: /^(?:Verified|Not Verified|Not Applicable)$/,
};
export const OUTBOUND = { ...COMMON, RequestUUID: UUID, ALegUUID: UUID, ALegRequestUUID: UUID };
export const HANGUP = {
  StartTime: SECONDS,
  EndTime: SECONDS,
  Duration: NUMBER,
  BillDuration: NUMBER,
  TotalCost: AMOUNT,
  HangupCause: /^[A-Z_]+$/,
  HangupCauseName: /./,
  HangupCauseCode: NUMBER,
  HangupSource: /^(?:Caller|Callee|Plivo|Carrier|API Request|Answer XML|Error|Unknown)$/,
};
export const RECORDED = {
  RecordUrl: /^http:\/\/127\.0\.0\.1:\d+\/v1\/Account\/MA[A-Z0-9]{18}\/Recording\/[0-9a-f-]{36}\.(?:mp3|wav)$/,
  RecordingID: UUID,
  RecordingDuration: NUMBER,
  RecordingDurationMs: NUMBER,
  RecordingStartMs: /^\d{13}$/,
  RecordingEndMs: /^\d{13}$/,
};

export function assertParams(request: Received, wanted: Readonly<Record<string, RegExp>>): void {
  for (const [name, form] of Object.entries(wanted)) {
    assert.match(request.params[name] ?? 'missing', form, `${name} of ${request.path}`);
  }
}

/** What the builder of the SDK makes of a document. */
export function document(build: (response: XmlElement) => unknown): Answer {
  const response = new XmlResponse();
  build(response);
  return { contentType: 'application/xml', body: response.toXML() };
}

export class CallWebhookSuite {
  readonly receiver: WebhookReceiver;
  readonly target: Target;
  readonly far: FarEnd;
  readonly client: SdkClient;
  /** Documents and other answers by path; every other path gets an empty 200. */
  readonly answers = new Map<string, Answer | ((request: Received, count: number) => Answer)>();

  readonly #opened: AsyncDisposableStack;

  private constructor(receiver: WebhookReceiver, target: Target, far: FarEnd, opened: AsyncDisposableStack) {
    this.#opened = opened;
    this.receiver = receiver;
    this.target = target;
    this.far = far;
    this.client = sdk(target);
    receiver.answer((request, count) => {
      const answer = this.answers.get(request.path) ?? { status: 200 };
      return typeof answer === 'function' ? answer(request, count) : answer;
    });
  }

  static async start(name: string): Promise<CallWebhookSuite> {
    const opened = new AsyncDisposableStack();
    try {
      const receiver = opened.adopt(await WebhookReceiver.start(), (open) => open.stop());
      const target = opened.adopt(await openTarget({ name, config: voiceFixture }), (open) => open.dispose());
      const far = opened.adopt(await FarEnd.start(target), (open) => open.stop());
      return new CallWebhookSuite(receiver, target, far, opened);
    } catch (error) {
      await opened.disposeAsync();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#opened.disposeAsync();
  }

  /** Forgets what was answered and received; `/stay` waits for a minute, `/tone.wav` is half a second. */
  reset(): void {
    this.answers.clear();
    this.answers.set(
      '/stay',
      document((response) => response.addWait({ length: 60 })),
    );
    this.answers.set('/tone.wav', { contentType: 'audio/wav', body: wavOf(sine(440, 500)) });
    this.receiver.received.length = 0;
  }

  /** Calls; the document of the call is what `build` adds. */
  async run(to: string, build: (response: XmlElement) => unknown, params: Record<string, unknown> = {}): Promise<string> {
    this.answers.set('/answer', document(build));
    return String((await this.client.calls.create(OWN_NUMBER, to, this.receiver.url('/answer'), params)).requestUuid);
  }

  /** The record of a call, when it has ended. */
  async ended(uuid: string): Promise<SdkObject> {
    return await eventually(`record of ${uuid}`, () => this.client.calls.get(uuid).catch((): SdkObject | undefined => undefined));
  }

  async at(path: string, wanted: (request: Received) => boolean = () => true): Promise<Received> {
    return await this.receiver.waitFor(path, (got) => got.path === path && wanted(got));
  }

  signed(request: Received): void {
    assert.deepEqual(checkSignatures(request, this.target.authToken, this.target.authToken), allSignaturesValid, request.path);
  }
}
