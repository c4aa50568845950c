import { babble } from '../src/carriers/simulator/voice/babble.ts';
import type { PhoneCall, PhoneCallEnd, PressOptions } from '../src/carriers/simulator/voice/phone-call.ts';
import { describeExpected, type Expected } from '../src/carriers/simulator/voice/phone-ear.ts';
import { type PhoneScript, runScript } from '../src/carriers/simulator/voice/phone-script.ts';
import { PhoneStack } from '../src/carriers/simulator/voice/phone-stack.ts';
import type { SrtpPolicy } from '../src/carriers/sip/srtp-policy.ts';
import { createMediaEngine } from '../src/media/engine.ts';
import type { MediaEngine, PlaySource } from '../src/media/media-engine.ts';
import { type Clock, systemClock } from '../src/runtime/clock.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import type { AudioCodec } from '../src/sip/audio-media.ts';
import type { Network } from '../src/sip/network.ts';
import { OutboundRegistration, type OutboundRegistrationState } from '../src/sip/registration/outbound-registration.ts';
import type { HeaderList } from '../src/sip/responses.ts';
import { systemNetwork } from '../src/sip/system-network.ts';
import type { Target } from '../src/sip/transports/flow.ts';

export interface PhoneOptions {
  /** The server it registers at and calls through. */
  readonly target: Target;
  /** Loopback of this machine by default. */
  readonly network?: Network;
  readonly clock?: Clock;
  /** What it speaks with; by default an engine of its own. */
  readonly media?: MediaEngine;
  /** Its IP address on the network. */
  readonly address?: string;
  /** Its name or number: the user of its SIP address, and of digest authentication. */
  readonly username?: string;
  readonly password?: string;
  /** Domain of its address of record; the server's address by default. */
  readonly domain?: string;
  readonly codecs?: readonly AudioCodec[];
  /** Whether its audio is encrypted; by default where the other side offers it. */
  readonly srtp?: SrtpPolicy;
  /** What it does when it is called: by default it answers. */
  readonly script?: PhoneScript;
}

const DEFAULT_WITHIN_MS = 3_000;
/** Ports of an engine of its own; those that others hold are passed over. */
const PORTS = 400;
const MOST_WAITING_CALLS = 100;

/** A phone for tests, started. */
export async function createPhone(options: PhoneOptions): Promise<Phone> {
  const phone = new Phone(options);
  await phone.start();
  return phone;
}

/** A SIP phone that registers, calls and is called, and says what it hears. All that it waits for ends with an error in time. */
export class Phone {
  readonly stack: PhoneStack;
  /** What its own code threw. */
  readonly errors: unknown[] = [];
  readonly #options: PhoneOptions;
  readonly #clock: Clock;
  readonly #media: MediaEngine;
  readonly #calls: TestCall[] = [];
  readonly #waiting: ((call: TestCall) => void)[] = [];
  #registration: OutboundRegistration | undefined;
  #script: PhoneScript;
  #count = 0;

  constructor(options: PhoneOptions) {
    const { clock = systemClock, network = systemNetwork, address = '127.0.0.1', codecs, srtp } = options;
    this.#options = options;
    this.#clock = clock;
    this.#media = options.media ?? ownEngine(address);
    this.#script = options.script ?? [{ do: 'answer' }];
    this.stack = new PhoneStack({
      clock,
      random: createSystemRandom(),
      network,
      media: this.#media,
      address,
      userAgent: 'Test phone',
      onError: (error) => this.errors.push(error),
      ...(codecs && { codecs }),
      srtp,
    });
    this.stack.sip.onInvite((invite) => this.#taken(this.#run(this.stack.take(this.#id(), invite), this.#script)));
  }

  /** The place that others call. */
  get place(): Target {
    const { place } = this.stack;
    if (!place) throw new Error('the phone is not started');
    return place;
  }

  get username(): string {
    return this.#options.username ?? 'phone';
  }

  start(): Promise<void> {
    return this.stack.sip.start();
  }

  /** What it does with the calls that come from now on. */
  behave(script: PhoneScript): void {
    this.#script = script;
  }

  /** Registers at the server, with digest. Resolves with the first answer, which may be a refusal. */
  register(): Promise<OutboundRegistrationState> {
    const { target, password = '' } = this.#options;
    const host = `${target.address}:${target.port}`;
    return new Promise((resolve) => {
      this.#registration = new OutboundRegistration(this.stack.sip.services, {
        registrar: `sip:${this.#options.domain ?? host}`,
        via: { place: target },
        address: this.#aor(),
        credentials: { username: this.username, password },
        onState: resolve,
      });
      this.#registration.start();
    });
  }

  async unregister(): Promise<void> {
    await this.#registration?.stop();
    this.#registration = undefined;
  }

  /** Calls somebody and does not wait for the answer. @param to a SIP address, or a user at the server */
  dial(to: string, options: { readonly headers?: HeaderList; readonly script?: PhoneScript } = {}): TestCall {
    const { target, password } = this.#options;
    const uri = /^sips?:/.test(to) ? to : `sip:${to}@${target.address}:${target.port}`;
    const call = this.stack.call(this.#id(), this.username, to, {
      target: uri,
      via: { place: target },
      from: this.#aor(),
      to: uri,
      ...(options.headers && { headers: options.headers }),
      ...(password !== undefined && { credentials: { username: this.username, password } }),
    });
    return this.#run(call, options.script === undefined ? [] : [{ do: 'answer' }, ...options.script]);
  }

  /** Calls somebody who answers. @throws when nobody does */
  async call(to: string, options: Parameters<Phone['dial']>[1] = {}): Promise<TestCall> {
    const call = this.dial(to, options);
    await call.answered();
    return call;
  }

  /** The next call that came in and was not asked for yet. */
  incoming(withinMs = DEFAULT_WITHIN_MS): Promise<TestCall> {
    const [call] = this.#calls.splice(0, 1);
    if (call) return Promise.resolve(call);
    return new Promise((resolve, reject) => {
      const take = (arrived: TestCall) => {
        cancel();
        resolve(arrived);
      };
      const cancel = this.#clock.after(withinMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(new Error(`no call came within ${withinMs} ms`));
      });
      this.#waiting.push(take);
    });
  }

  /** Hangs up, unregisters and frees everything. */
  async close(): Promise<void> {
    await this.unregister();
    await this.stack.sip.stop(0);
    if (!this.#options.media) await this.#media.close();
  }

  #aor(): string {
    const { target, domain = `${target.address}:${target.port}` } = this.#options;
    return `sip:${this.username}@${domain}`;
  }

  #id(): string {
    this.#count++;
    return `${this.username}-${this.#count}`;
  }

  #run(call: PhoneCall, script: PhoneScript): TestCall {
    const speak = async (text: string) => this.#media.createClip(babble(text, 8000), 8000);
    const done = runScript(call, script, { clock: this.#clock, speak });
    return new TestCall(call, done, this.#clock);
  }

  #taken(call: TestCall): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(call);
    else if (this.#calls.push(call) > MOST_WAITING_CALLS) this.#calls.shift();
  }
}

/** A call in a test. What is waited for is found in what was heard since the last thing that was waited for. */
export class TestCall {
  readonly call: PhoneCall;
  /** The end of its script, or of the call. */
  readonly scriptDone: Promise<void>;
  readonly #clock: Clock;

  constructor(call: PhoneCall, scriptDone: Promise<void>, clock: Clock) {
    this.call = call;
    this.scriptDone = scriptDone;
    this.#clock = clock;
  }

  get state() {
    return this.call.state;
  }

  get ended(): Promise<PhoneCallEnd> {
    return this.call.ended;
  }

  /** Digits that came, by whatever method. */
  get digits(): string {
    return this.call.ear.digits.map(({ digit }) => digit).join('');
  }

  /** @throws when it is refused, or not answered in time */
  async answered(withinMs = DEFAULT_WITHIN_MS): Promise<void> {
    if (await this.#within(this.call.answered, withinMs, 'an answer')) return;
    const end = await this.call.ended;
    throw new Error(`the call was not answered: ${end.status ?? end.by} ${end.reason ?? ''}`.trimEnd());
  }

  /** @throws when it is still up after this time */
  hasEnded(withinMs = DEFAULT_WITHIN_MS): Promise<PhoneCallEnd> {
    return this.#within(this.call.ended, withinMs, 'the end of the call');
  }

  /** @throws with what was heard instead */
  async hears(expected: Expected, withinMs = DEFAULT_WITHIN_MS): Promise<void> {
    if (await this.call.ear.hears(expected, withinMs)) return;
    const { audio } = this.call.ear;
    const heard = audio.stretches().map(({ kind, ms, hz, levelDbov }) => `${hz ?? ''} ${kind} ${ms} ms ${levelDbov} dBov`.trim());
    const why = this.call.scriptError === undefined ? '' : `, its script failed: ${this.call.scriptError}`;
    throw new Error(
      `${describeExpected(expected)} not heard within ${withinMs} ms, but [${heard.slice(-20).join(', ')}] and digits '${this.digits}'${why}`,
    );
  }

  press(digits: string, options: PressOptions = {}): Promise<void> {
    return this.call.press(digits, options);
  }

  /** Plays a tone to its end. */
  tone(hz: number, ms: number, dbov = -16): Promise<unknown> {
    return this.play({ kind: 'tone', tone: { hz, ms, dbov } });
  }

  play(...sources: readonly PlaySource[]): Promise<unknown> {
    return this.call.play(sources);
  }

  hangUp(): void {
    this.call.hangUp();
  }

  async #within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#clock.after(ms, () => late.reject(new Error(`waited ${ms} ms for ${what}`)));
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      cancel();
    }
  }
}

function ownEngine(address: string): MediaEngine {
  const from = 30_000 + Math.floor(Math.random() * 10_000) * 2;
  return createMediaEngine({ clock: systemClock, bindAddress: address, ports: { from, to: from + PORTS - 1 }, workers: 1 });
}
