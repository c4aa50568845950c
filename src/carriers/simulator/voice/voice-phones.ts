/**
 * Virtual phones for calls: every number that is not of this instance is one, without being set up. They take calls, do what their
 * number says, call numbers of this instance, and can be asked what they heard. They are reached by SIP over loopback and speak
 * RTP, so that everything between an application and a phone is the real thing.
 */
import { invalidParameter, missingParameter, notFound, Problem } from '../../../errors/catalogue.ts';
import type { Clip, DigitMethod, MediaEngine } from '../../../media/media-engine.ts';
import { parseDestination } from '../../../messaging/phone-number.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Ids } from '../../../runtime/ids.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Random } from '../../../runtime/random.ts';
import type { IncomingInvite } from '../../../sip/calls/incoming-invite.ts';
import type { Network } from '../../../sip/network.ts';
import type { Target } from '../../../sip/transports/flow.ts';
import { babble } from './babble.ts';
import { behaviourOfCall } from './magic-calls.ts';
import type { PhoneCall, PhoneCallParties, PhoneCallReport } from './phone-call.ts';
import { type PhoneScript, runScript } from './phone-script.ts';
import { PhoneStack, userOf } from './phone-stack.ts';

export interface VoicePhonesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Log;
  readonly network: Network;
  readonly media: MediaEngine;
  /** Address that SIP is bound to, and one that the media engine is bound for: loopback where that is possible. */
  readonly address: string;
  readonly userAgent: string;
  /** Where this instance takes calls by SIP over UDP; undefined as long as it does not. */
  readonly server: () => Target | undefined;
  readonly isOwnNumber: (digits: string) => boolean | Promise<boolean>;
  /** Speaks text; without it, and when it fails, a hum stands in. */
  readonly speak?: ((text: string) => Promise<Clip>) | undefined;
}

/** Calls that are over and can still be asked for, of all phones together; the newest. */
const MOST_ENDED = 1_000;
/** Calls of one phone in one answer. */
const MOST_TOLD = 100;
/** Whoever calls gives up after this long. */
const LONGEST_RING_MS = 120_000;
const MOST_DIGITS = 100;
/** Phones that were told what to do; beyond that the one told longest ago does what its number stands for. */
const MOST_SCRIPTS = 1_000;
const DIGITS = /^[0-9*#A-DwW]+$/;
const STILL_HERE_MS = 500;
const BUSY = 503;
const FORBIDDEN = 403;

export class VoicePhones {
  readonly #options: VoicePhonesOptions;
  readonly #stack: PhoneStack;
  readonly #live = new Map<string, PhoneCall>();
  readonly #ended: PhoneCallReport[] = [];
  /** What phones do when they are called, by number, where it was set. */
  readonly #scripts = new Map<string, PhoneScript>();
  #isStopping = false;

  constructor(options: VoicePhonesOptions) {
    this.#options = options;
    const { clock, random, network, media, address, userAgent, log } = options;
    this.#stack = new PhoneStack({
      clock,
      random,
      network,
      media,
      address,
      userAgent,
      isDead: (user) => this.#behaviourOf(user.replace(/^\+/, '')) === 'dead',
      onError: (error) => log.warn({ err: error }, 'a virtual phone could not take a call'),
    });
    this.#stack.sip.onInvite((invite) => this.#take(invite));
  }

  /** Where calls to phones go: what the voice engine's option `phones` asks for. Undefined before `start`. */
  get place(): Target | undefined {
    return this.#stack.place;
  }

  start(): Promise<void> {
    return this.#stack.sip.start();
  }

  /** Hangs up everywhere. The media engine stays open: it is its owner's. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const live = [...this.#live.values()];
    for (const call of live) call.hangUp();
    await Promise.all(live.map((call) => call.ended));
    await this.#stack.sip.stop(STILL_HERE_MS);
  }

  /** What is alive. */
  counts(): { readonly calls: number; readonly sip: ReturnType<PhoneStack['sip']['counts']> } {
    return { calls: this.#live.size, sip: this.#stack.sip.counts() };
  }

  /**
   * The phone calls a number of this instance; the answer is the call's id. Without a script it listens until the far end hangs up.
   * Problems: `number` or `to` invalid (400), `to` not a number of this instance (404), calls not taken now (503).
   */
  async call(number: string, to: string, script: PhoneScript = []): Promise<string> {
    const from = digitsOf('number', number);
    if (to === '') throw missingParameter('to');
    const target = digitsOf('to', to);
    if (from === target) throw invalidParameter('to', 'a phone does not call itself');
    if (!(await this.#options.isOwnNumber(target))) throw notFound();
    const place = this.#options.server();
    if (!place || this.#isStopping) throw new Problem('unavailable', 'calls are not taken at the moment');
    const id = this.#options.ids.uuid();
    const call = this.#stack.call(id, from, target, {
      target: `sip:+${target}@${place.address}:${place.port}`,
      via: { place },
      from: this.#stack.uriOf(`+${from}`),
      to: `sip:+${target}@${place.address}`,
    });
    const stopRinging = this.#options.clock.after(LONGEST_RING_MS, () => call.hangUp());
    void call.answered.then(stopRinging);
    this.#follow(call, [{ do: 'answer' }, ...script]);
    return id;
  }

  /** What the phone does when it is called, instead of what its number stands for; undefined = that again. Problems: `number` (400). */
  behave(number: string, script: PhoneScript | undefined): void {
    const digits = digitsOf('number', number);
    this.#scripts.delete(digits);
    if (script) this.#scripts.set(digits, script);
    const [oldest] = this.#scripts.keys();
    if (this.#scripts.size > MOST_SCRIPTS && oldest !== undefined) this.#scripts.delete(oldest);
  }

  /** The phone's calls, oldest first: those that are up, and the newest of those that are over. */
  calls(number: string): readonly PhoneCallReport[] {
    const digits = digitsOf('number', number);
    const live = [...this.#live.values()].filter((call) => phoneOf(call.direction, call.parties) === digits);
    const ended = this.#ended.filter((call) => phoneOf(call.direction, call) === digits);
    return [...ended, ...live.slice(-MOST_TOLD).map((call) => call.report())]
      .sort((a, b) => a.startedAt - b.startedAt)
      .slice(-MOST_TOLD);
  }

  /** Presses keys in a call; returns before they are sent. Problems: 404, `digits` (400), 409 when it is not answered or over. */
  press(number: string, id: string, digits: string, method: DigitMethod = 'rfc4733'): void {
    const call = this.#find(number, id);
    if (digits === '') throw missingParameter('digits');
    if (!DIGITS.test(digits) || digits.length > MOST_DIGITS) {
      throw invalidParameter(
        'digits',
        `digits parameter is invalid: at most ${MOST_DIGITS} of 0-9, *, #, A-D, w and W are expected`,
      );
    }
    if (call?.state !== 'answered') throw new Problem('conflict', 'the call is not answered, or over');
    void call.press(digits, { method });
  }

  /** Hangs up, refuses or gives up a call; one that is over stays as it is. Problems: 404. */
  hangUp(number: string, id: string): void {
    this.#find(number, id)?.hangUp();
  }

  /** Undefined when the call is over. @throws Problem when there is and was no such call */
  #find(number: string, id: string): PhoneCall | undefined {
    const digits = digitsOf('number', number);
    const live = this.#live.get(id);
    if (live && phoneOf(live.direction, live.parties) === digits) return live;
    if (this.#ended.some((call) => call.id === id && phoneOf(call.direction, call) === digits)) return undefined;
    throw notFound();
  }

  #behaviourOf(number: string) {
    return this.#scripts.get(number) ?? behaviourOfCall(number);
  }

  /** Nobody but this machine and the server calls phones, also where they cannot be bound to loopback. */
  #isNear(source: string): boolean {
    const { address, server } = this.#options;
    return source === address || source === server()?.address || source === '::1' || source.startsWith('127.');
  }

  #take(invite: IncomingInvite): void {
    const behaviour = this.#behaviourOf(userOf(invite.request.uri));
    if (!this.#isNear(invite.source.address)) invite.reject(FORBIDDEN);
    else if (this.#isStopping || behaviour === 'dead') invite.reject(BUSY);
    else this.#follow(this.#stack.take(this.#options.ids.uuid(), invite), behaviour);
  }

  #follow(call: PhoneCall, steps: PhoneScript): void {
    const { id } = call.parties;
    this.#live.set(id, call);
    const script = runScript(call, steps, { clock: this.#options.clock, speak: (text) => this.#speak(text) });
    void Promise.all([call.ended, script]).then(() => this.#retire(call));
  }

  #retire(call: PhoneCall): void {
    this.#live.delete(call.parties.id);
    this.#ended.push(call.report());
    if (this.#ended.length > MOST_ENDED) this.#ended.shift();
  }

  async #speak(text: string): Promise<Clip> {
    const { speak, media, log } = this.#options;
    try {
      if (speak) return await speak(text);
    } catch (error) {
      log.warn({ err: error }, 'a virtual phone has no voice, it hums');
    }
    return media.createClip(babble(text, 8000), 8000);
  }
}

const phoneOf = (direction: PhoneCall['direction'], { from, to }: PhoneCallParties): string =>
  direction === 'outgoing' ? from : to;

function digitsOf(parameter: string, input: string): string {
  const result = parseDestination(input);
  if (!result.ok) throw invalidParameter(parameter, `'${result.sanitised}' is not a valid phone number.`);
  return result.number.digits;
}
