/**
 * A server with many numbers, each with an application of its own whose answers a test writes, so that calls of one test do not see
 * those of another and all of them can run at once. The far ends are virtual phones.
 */
import { call } from './api.ts';
import { type PhoneCall, type PhoneScript, phoneCall, phoneDials } from './phones.ts';
import { AUTH_ID, type RingdownProcess, type ServerOptions, startServer } from './server.ts';
import { sine, wavOf } from './tones.ts';
import { recordOf, type Step, stepsOf, voiceAccount } from './voice.ts';
import { eventually } from './wait.ts';
import { type Answer, type Received, WebhookReceiver } from './webhook-receiver.ts';

export type SceneAnswer = Answer | string | ((request: Received, count: number) => Answer | string);

/** Numbers that no scene but the n-th has. */
const numberOf = (n: number, kind: '6' | '7' | '8' | '9'): string => `141555${kind}${String(n).padStart(4, '0')}`;
/** A number of the account without an application, as caller id. */
export const OWN = '14155550100';
const ENDED_MS = 30_000;

export interface StageOptions extends Omit<ServerOptions, 'config' | 'name'> {
  readonly numbers?: number;
  /** Added to the configuration. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Added to every application. */
  readonly application?: (url: (path: string) => string) => Readonly<Record<string, string>>;
}

export class Stage {
  readonly server: RingdownProcess;
  readonly #app: WebhookReceiver;
  readonly #scenes: Map<string, Scene>;
  readonly #count: number;

  private constructor(server: RingdownProcess, app: WebhookReceiver, scenes: Map<string, Scene>, count: number) {
    this.server = server;
    this.#app = app;
    this.#scenes = scenes;
    this.#count = count;
  }

  static async start(name: string, options: StageOptions = {}): Promise<Stage> {
    const { numbers = 40, more = {}, application = () => ({}), ...serverOptions } = options;
    const app = await WebhookReceiver.start();
    const scenes = new Map<string, Scene>();
    app.answer((request, count) => {
      const [, scene = ''] = request.path.split('/');
      return scenes.get(scene)?.answerTo(request, count) ?? { status: 404 };
    });
    const all = Array.from({ length: numbers }, (_, n) => ({
      name: `s${n}`,
      number: numberOf(n, '6'),
      url: (path: string) => app.url(`/s${n}${path}`),
    }));
    const server = await startServer({
      ...serverOptions,
      name,
      config: {
        accounts: [voiceAccount],
        applications: all.map(({ name: each, url }) => ({
          name: each,
          account: AUTH_ID,
          answer_url: url('/answer'),
          hangup_url: url('/hangup'),
          ...application(url),
        })),
        numbers: [
          { number: OWN, account: AUTH_ID, country: 'US', type: 'local' },
          ...all.map(({ name: each, number }) => ({ number, account: AUTH_ID, country: 'US', type: 'local', application: each })),
        ],
        ...more,
      },
    });
    return new Stage(server, app, scenes, numbers);
  }

  /** A number nobody uses yet. */
  scene(answer?: string): Scene {
    const n = this.#scenes.size;
    if (n >= this.#count) throw new Error(`the stage has only ${this.#count} numbers`);
    const scene = new Scene(this.server, this.#app, n);
    if (answer !== undefined) scene.on('/answer', answer);
    this.#scenes.set(`s${n}`, scene);
    return scene;
  }

  async dispose(): Promise<void> {
    await this.server.dispose();
    await this.#app.stop();
  }
}

export class Scene {
  readonly server: RingdownProcess;
  readonly number: string;
  /** The virtual phone that calls. */
  readonly caller: string;
  /** Virtual phones that are called. */
  readonly callee: string;
  readonly otherCallee: string;
  /** URL of the application without a path. */
  readonly app: string;
  readonly #receiver: WebhookReceiver;
  readonly #prefix: string;
  readonly #answers = new Map<string, SceneAnswer>();

  constructor(server: RingdownProcess, receiver: WebhookReceiver, n: number) {
    this.server = server;
    this.#receiver = receiver;
    this.#prefix = `/s${n}`;
    this.number = numberOf(n, '6');
    this.caller = numberOf(n, '7');
    this.callee = numberOf(n, '8');
    this.otherCallee = numberOf(n, '9');
    this.app = receiver.url(this.#prefix);
  }

  url(path: string): string {
    return `${this.app}${path}`;
  }

  /** What a path of the application answers from now on; a string is a document. */
  on(path: string, answer: SceneAnswer): void {
    this.#answers.set(path, answer);
  }

  /** A WAV file with a tone, served by the application. */
  tone(hz: number, ms: number): string {
    const path = `/tone-${hz}-${ms}.wav`;
    this.on(path, { body: wavOf(sine(hz, ms)), contentType: 'audio/wav' });
    return this.url(path);
  }

  answerTo(request: Received, count: number): Answer {
    const answer = this.#answers.get(request.path.slice(this.#prefix.length));
    const given = typeof answer === 'function' ? answer(request, count) : answer;
    if (given === undefined) return { status: 200, contentType: 'application/xml', body: '' };
    if (given === 'hang' || given === 'reset') return given;
    return typeof given === 'string' ? { contentType: 'application/xml', body: given } : given;
  }

  /** Requests so far, oldest first; those of one path when it is given. */
  received(path?: string): readonly Received[] {
    const under = path === undefined ? `${this.#prefix}/` : `${this.#prefix}${path}`;
    return this.#receiver.received.filter((request) =>
      path === undefined ? request.path.startsWith(under) : request.path === under,
    );
  }

  /** Paths in the order of their requests, audio files left out. */
  paths(): readonly string[] {
    return this.received()
      .map(({ path }) => path.slice(this.#prefix.length))
      .filter((path) => !/\.(wav|mp3)$/.test(path));
  }

  async request(path: string, timeoutMs?: number, nth = 0): Promise<Received> {
    return await eventually(`request of ${path}`, () => this.received(path)[nth], timeoutMs);
  }

  /** The caller's phone calls the number. */
  async dial(script?: PhoneScript): Promise<string> {
    return await phoneDials(this.server, this.caller, this.number, script);
  }

  /** The caller's call when it is over and the hangup webhook has come. */
  async ended(timeoutMs = ENDED_MS): Promise<EndedCall> {
    const phone = await phoneCall(this.server, this.caller, ({ state }) => state === 'ended', timeoutMs);
    return { phone, ...(await this.outcome()) };
  }

  /** What the server says of the call: hangup webhook, record, timeline. */
  async outcome(timeoutMs = ENDED_MS): Promise<Outcome> {
    const hangup = (await this.request('/hangup', timeoutMs)).params;
    const id = String(hangup.CallUUID);
    return { id, hangup, record: await recordOf(this.server, id), steps: await stepsOf(this.server, id) };
  }

  /** Calls and waits for the end. */
  async play(script?: PhoneScript, timeoutMs?: number): Promise<EndedCall> {
    await this.dial(script);
    return await this.ended(timeoutMs);
  }

  /** Calls the callee by the API with this application's URLs. Gives the request's uuid. */
  async fire(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const made = await call(this.server, 'Call/', {
      body: {
        from: this.number,
        to: this.callee,
        answer_url: this.url('/answer'),
        ring_url: this.url('/ring'),
        hangup_url: this.url('/hangup'),
        ...more,
      },
    });
    if (made.status !== 201) throw new Error(`the call was not taken: ${made.status} ${made.text}`);
    return String(made.json.request_uuid);
  }
}

export interface Outcome {
  readonly id: string;
  readonly hangup: Readonly<Record<string, string>>;
  readonly record: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

export interface EndedCall extends Outcome {
  readonly phone: PhoneCall;
}

/** `4010 Plivo`: what webhook and record agree on. @throws when they do not */
export function causeOf({ hangup, record }: Outcome): string {
  const cause = `${hangup.HangupCauseCode} ${hangup.HangupSource}`;
  const recorded = `${record.hangup_cause_code} ${record.hangup_source}`;
  if (cause !== recorded) throw new Error(`the webhook says ${cause}, the record says ${recorded}`);
  return cause;
}
