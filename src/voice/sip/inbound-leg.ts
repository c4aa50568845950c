import { isSecuredOffer, LegAudio } from '../../carriers/sip/leg-audio.ts';
import type { SrtpPolicy } from '../../carriers/sip/srtp-policy.ts';
import type { MediaLeg } from '../../media/media-engine.ts';
import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import type { SipSession } from '../../sip/calls/session-types.ts';
import type { HeaderList } from '../../sip/responses.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';
import { type Leg, type LegEvents, type LegFactory, LegGone } from '../leg.ts';
import { reasonHeader, refusalOf } from './hangup-headers.ts';
import type { LegServices } from './leg-services.ts';
import { answerTo, watchSession } from './session-watch.ts';

/** The caller of an INVITE that came in. */
export function inboundLeg(invite: IncomingInvite, services: LegServices, srtp: SrtpPolicy): LegFactory {
  return (events, callId) => new InboundLeg(invite, services, srtp, events, callId);
}

class InboundLeg implements Leg {
  readonly #invite: IncomingInvite;
  readonly #services: LegServices;
  readonly #srtp: SrtpPolicy;
  readonly #events: LegEvents;
  /** Of every response: the Browser SDK's calls are known by their CallUUID (browser-sdk.md §4). */
  readonly #headers: HeaderList;
  readonly #callId: string;
  #opening: Promise<LegAudio> | undefined;
  #audio: LegAudio | undefined;
  /** What we have said of our audio; the same in 183 and 200. */
  #description: string | undefined;
  #session: SipSession | undefined;
  readonly #unfollow: () => void;
  #over = false;

  constructor(invite: IncomingInvite, services: LegServices, srtp: SrtpPolicy, events: LegEvents, callId: string) {
    this.#invite = invite;
    this.#services = services;
    this.#srtp = srtp;
    this.#events = events;
    this.#callId = callId;
    this.#headers = [['X-CallUUID', callId]];
    this.#unfollow = services.timeline.follow(invite.callId, (event, detail) => events.note(event, detail));
    // Later, because the call that made the leg is not complete yet.
    queueMicrotask(() => invite.onCancelled(() => this.#end(hangupCause(1000, 'Caller'))));
  }

  get media(): MediaLeg | undefined {
    return this.#audio?.media;
  }

  ring(): void {
    if (!this.#over) this.#invite.ring(this.#headers);
  }

  async openEarly(): Promise<void> {
    const description = await this.#describe();
    if (this.#over) throw new LegGone('the caller has hung up');
    this.#invite.progress(description, this.#headers);
  }

  async answer(): Promise<void> {
    const description = await this.#describe();
    if (this.#over) throw new LegGone('the caller has hung up');
    try {
      const session = await this.#invite.accept(description, this.#headers);
      this.#session = session;
      if (this.#over) {
        session.bye();
        throw new LegGone('the call was ended while it was answered');
      }
      const audio = await this.#open();
      // Without an offer of the caller ours was in the 200 or the 183, and ACK or PRACK has its answer.
      if (this.#invite.offer === undefined && !audio.take(session.remoteSdp)) {
        session.bye();
        this.#end(hangupCause(2010, 'Carrier'));
        throw new LegGone('the caller answered with nothing that can be spoken here');
      }
      const { sessions } = this.#services;
      const events = { ...this.#events, ended: (cause: HangupCause) => this.#end(cause) };
      watchSession(session, audio, events, { callId: this.#callId, sessions, farEnd: 'Caller' });
    } catch (error) {
      if (error instanceof LegGone) throw error;
      this.#end(hangupCause(1000, 'Caller'));
      throw new LegGone('the caller has hung up');
    }
  }

  hangUp(cause: HangupCause): void {
    if (this.#over) return;
    this.#over = true;
    this.#unfollow();
    if (this.#session) this.#session.bye(reasonHeader(cause));
    else this.#invite.reject(refusalOf(cause), { headers: [...this.#headers, ...reasonHeader(cause)] });
  }

  async #describe(): Promise<string> {
    const audio = await this.#open();
    const { offer } = this.#invite;
    this.#description ??= offer === undefined ? audio.offer() : audio.answer(offer);
    if (this.#description === undefined) throw new LegGone('no common codec');
    return this.#description;
  }

  #open(): Promise<LegAudio> {
    const { offer } = this.#invite;
    const options = {
      secured: offer !== undefined && isSecuredOffer(offer),
      srtp: this.#srtp,
      note: (event: string, detail: Readonly<Record<string, unknown>>) => this.#events.note(event, detail),
    };
    this.#opening ??= LegAudio.open(this.#services, options).then(
      (audio) => {
        this.#audio = audio;
        this.#invite.onOffer((later) => answerTo(later, audio));
        this.#invite.onAnswer((answer) => {
          if (!audio.take(answer)) this.#events.note('answer_unusable', {});
        });
        // The call is over and has closed what it knew of.
        if (this.#over) void audio.media.close();
        return audio;
      },
      () => {
        this.hangUp(hangupCause(5010, 'Plivo'));
        this.#events.ended(hangupCause(5010, 'Plivo'));
        throw new LegGone('no media port is free');
      },
    );
    return this.#opening;
  }

  #end(cause: HangupCause): void {
    if (this.#over) return;
    this.#over = true;
    this.#unfollow();
    this.#events.ended(cause);
  }
}
