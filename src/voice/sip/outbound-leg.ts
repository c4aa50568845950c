import { LegAudio } from '../../carriers/sip/leg-audio.ts';
import type { SrtpPolicy } from '../../carriers/sip/srtp-policy.ts';
import type { MediaLeg } from '../../media/media-engine.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { InviteOptions, InviteResult, OutgoingInvite } from '../../sip/calls/invite-client.ts';
import type { SipSession } from '../../sip/calls/session-types.ts';
import { causeOfSipStatus, type HangupCause, hangupCause } from '../hangup-cause.ts';
import type { Leg, LegEvents, LegFactory } from '../leg.ts';
import type { OutboundLegRequest } from '../leg-maker.ts';
import { reasonHeader } from './hangup-headers.ts';
import type { LegServices } from './leg-services.ts';
import { answerTo, watchSession } from './session-watch.ts';

/** One way to reach the called party. */
export interface Attempt {
  /** Name of the carrier, for records. */
  readonly carrier: string;
  readonly invite: Omit<InviteOptions, 'sdp'>;
  /** `optional` and `required`: keys are offered. */
  readonly srtp: SrtpPolicy;
  /** Takes a place in the carrier's calls per second; false when this second has none left. */
  admit(): boolean;
}

/** Ways to reach the called party in the order of failover, or why there is none. */
export type LegRoute =
  | { readonly kind: 'attempts'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'none'; readonly cause: HangupCause };

export interface OutboundLegServices extends LegServices {
  invite(options: InviteOptions): OutgoingInvite;
  route(request: OutboundLegRequest): Promise<LegRoute>;
  readonly clock: Clock;
}

/** A trunk that has said nothing at all for this long is passed over for the next; SIP itself would wait 32 s (RFC 3261 §17.1.1.2, timer B). */
const SILENT_TRUNK_MS = 4_000;

const NO_RESPONSE: InviteResult = { kind: 'failed', status: 408, reason: 'no response', headers: undefined, cause: 'timeout' };

/** What a far end says that has no SRTP: not acceptable here or anywhere, or an unknown media type (RFC 3261 §21.4.26, §21.6.4, §21.4.13). */
const REFUSES_KEYS: ReadonlySet<number> = new Set([488, 606, 415]);

/** Somebody we call. */
export function outboundLeg(request: OutboundLegRequest, services: OutboundLegServices): LegFactory {
  return (events) => {
    const leg = new OutboundLeg(request, services, events);
    queueMicrotask(() => void leg.begin());
    return leg;
  };
}

class OutboundLeg implements Leg {
  readonly #request: OutboundLegRequest;
  readonly #services: OutboundLegServices;
  readonly #events: LegEvents;
  #audio: LegAudio | undefined;
  #invite: OutgoingInvite | undefined;
  #session: SipSession | undefined;
  #unfollow: () => void = () => undefined;
  #rang = false;
  #over = false;

  constructor(request: OutboundLegRequest, services: OutboundLegServices, events: LegEvents) {
    this.#request = request;
    this.#services = services;
    this.#events = events;
  }

  get media(): MediaLeg | undefined {
    return this.#audio?.media;
  }

  ring(): void {
    // Only a caller can be told that it rings.
  }

  async openEarly(): Promise<void> {
    // The called party decides when audio flows before the answer.
  }

  async answer(): Promise<void> {
    // The called party answers.
  }

  hangUp(cause: HangupCause): void {
    if (this.#over) return;
    this.#over = true;
    this.#unfollow();
    if (this.#session) this.#session.bye(reasonHeader(cause));
    else this.#invite?.cancel(reasonHeader(cause));
  }

  async begin(): Promise<void> {
    try {
      const route = await this.#services.route(this.#request);
      if (route.kind === 'none') return this.#end(route.cause);
      this.#audio = await LegAudio.open(this.#services, {
        secured: isBrowser(route.attempts),
        note: (event, detail) => this.#events.note(event, detail),
      });
      if (this.#over) {
        await this.#audio.media.close();
        return;
      }
      await this.#tryAll(route.attempts, this.#audio);
    } catch (error) {
      this.#events.note('leg_failed', { reason: String(error) });
      this.#end(hangupCause(5010, 'Error'));
    }
  }

  async #tryAll(attempts: readonly Attempt[], audio: LegAudio): Promise<void> {
    let cause = hangupCause(5020, 'Error');
    for (const [index, attempt] of attempts.entries()) {
      const { carrier, admit } = attempt;
      if (!admit()) {
        this.#events.note('carrier_full', { carrier, attempt: index + 1 });
        cause = hangupCause(3090, 'Carrier');
        continue;
      }
      this.#events.carriedBy(carrier, index > 0);
      this.#events.note('carrier', { carrier, attempt: index + 1 });
      const result = await this.#offerTo(attempt, audio, index + 1 < attempts.length);
      if (this.#over) {
        // It was answered in the moment it was given up.
        if (result.kind === 'answered') result.session.bye();
        return;
      }
      if (result.kind === 'answered') return this.#answered(result.session, audio);
      cause = this.#causeOf(result);
      this.#events.note('carrier_failed', { carrier, status: result.status, reason: result.reason, cause: result.cause });
      if (this.#rang || !mayTryNext(result)) break;
    }
    this.#end(cause);
  }

  /** Offers keys where that is wanted, and audio in clear to who refuses them where it is allowed. */
  async #offerTo({ carrier, invite, srtp }: Attempt, audio: LegAudio, hasNext: boolean): Promise<InviteResult> {
    audio.approach(srtp);
    const result = await this.#try(invite, audio, srtp === 'optional' || srtp === 'required', hasNext);
    const isRefused = result.kind === 'failed' && REFUSES_KEYS.has(result.status);
    if (srtp !== 'optional' || !isRefused || this.#over || this.#rang) return result;
    this.#events.note('srtp_refused', { carrier, status: result.status });
    return this.#try(invite, audio, false, hasNext);
  }

  async #try(options: Attempt['invite'], audio: LegAudio, hasKeys: boolean, hasNext: boolean): Promise<InviteResult> {
    const invite = this.#services.invite({ ...options, sdp: audio.offer(hasKeys) });
    this.#invite = invite;
    this.#unfollow();
    this.#unfollow = this.#services.timeline.follow(invite.callId, (event, detail) => this.#events.note(event, detail));
    // The result of the INVITE itself would come with timer B: there is nobody who answers its CANCEL either.
    const { promise: silence, resolve: passOver } = Promise.withResolvers<InviteResult>();
    const cancelWait = hasNext
      ? this.#services.clock.after(SILENT_TRUNK_MS, () => {
          invite.cancel();
          passOver(NO_RESPONSE);
        })
      : () => undefined;
    invite.onTrying(cancelWait);
    invite.onRinging(() => {
      cancelWait();
      if (this.#over) return;
      this.#rang = true;
      this.#events.ringing();
    });
    invite.onProgress((sdp) => {
      cancelWait();
      if (this.#over || !audio.take(sdp)) return;
      this.#rang = true;
      this.#events.early();
    });
    invite.onOffer((offer) => answerTo(offer, audio));
    const result = await Promise.race([invite.result, silence]);
    cancelWait();
    return result;
  }

  #answered(session: SipSession, audio: LegAudio): void {
    this.#session = session;
    if (!audio.take(session.remoteSdp)) {
      session.bye();
      this.#end(hangupCause(2010, 'Carrier'));
      return;
    }
    const { sessions } = this.#services;
    const events = { ...this.#events, ended: (cause: HangupCause) => this.#end(cause) };
    watchSession(session, audio, events, { callId: this.#request.callId, sessions, farEnd: 'Callee' });
    if (!session.isEnded) this.#events.answered();
  }

  #causeOf(failure: Extract<InviteResult, { kind: 'failed' }>): HangupCause {
    const challenged = failure.status === 401 || failure.status === 407;
    if (this.#request.credentials && challenged) return hangupCause(4240, 'Plivo', failure.status);
    // It asked who we are, was told, and said nothing more.
    if (this.#request.credentials && failure.cause === 'timeout' && failure.hasAuthenticated === true) {
      return hangupCause(4250, 'Plivo', failure.status);
    }
    if (failure.cause === 'transport') return hangupCause(5020, 'Error', failure.status);
    return causeOfSipStatus(failure.status, failure.reason);
  }

  #end(cause: HangupCause): void {
    if (this.#over) return;
    this.#over = true;
    this.#unfollow();
    this.#events.ended(cause);
  }
}

/** Whoever is reached over a WebSocket is a browser, whose media is secured; that is an endpoint's only way. */
const isBrowser = (attempts: readonly Attempt[]): boolean =>
  attempts.some(({ invite: { via } }) => via !== undefined && 'place' in via && /^wss?$/.test(via.place.transport));

/** Another trunk may do better where this one failed; a phone that is busy stays busy. */
function mayTryNext({ cause, status }: Extract<InviteResult, { kind: 'failed' }>): boolean {
  return cause === 'transport' || cause === 'timeout' || (status >= 500 && status < 600);
}
