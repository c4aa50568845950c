/**
 * One call of a virtual phone. Its state:
 *
 * | state    | incoming                | outgoing                          | next                   |
 * |----------|-------------------------|-----------------------------------|------------------------|
 * | calling  | nothing said yet        | nothing heard yet                 | ringing, early, answered, ended |
 * | ringing  | 180 sent                | 180 came                          | early, answered, ended |
 * | early    | 183 with audio sent     | audio came before the answer      | answered, ended        |
 * | answered | 200 sent                | 200 came                          | ended                  |
 * | ended    |                         |                                   |                        |
 */
import type { DigitMethod, MediaLeg, PlayEnd, PlayOptions, PlaySource } from '../../../media/media-engine.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { IncomingInvite } from '../../../sip/calls/incoming-invite.ts';
import type { InviteOptions, OutgoingInvite } from '../../../sip/calls/invite-client.ts';
import type { SessionEnd, SipSession } from '../../../sip/calls/session-types.ts';
import type { SipHeaders } from '../../../sip/headers.ts';
import type { Direction } from '../../../sip/media-direction.ts';
import { parseReason } from '../../../sip/reason.ts';
import { formatInfoDigit, INFO_DIGIT_TYPE, readInfoDigit } from '../../sip/info-digit.ts';
import { type AudioServices, LegAudio } from '../../sip/leg-audio.ts';
import type { SrtpPolicy } from '../../sip/srtp-policy.ts';
import type { Stretch } from './heard-audio.ts';
import { type HeardDigit, PhoneEar } from './phone-ear.ts';

export interface PhoneCallServices extends AudioServices {
  /** Default: `accepted`. */
  readonly srtp?: SrtpPolicy | undefined;
  readonly clock: Clock;
  invite(options: InviteOptions): OutgoingInvite;
  /** From now on nothing of the SIP call with this Call-ID comes in or goes out. */
  hide(sipCallId: string): void;
}

export type PhoneCallState = 'calling' | 'ringing' | 'early' | 'answered' | 'ended';

/** How a call ended. */
export interface PhoneCallEnd {
  /** `far`: the other side hung up, gave up or refused. `limit`: it lasted too long. `error`: it could not go on. */
  readonly by: 'far' | 'phone' | 'vanished' | 'limit' | 'error';
  /** SIP status, where the call was never answered. */
  readonly status: number | undefined;
  /** Of the Reason header or the response; what went wrong for `error`. */
  readonly reason: string | undefined;
}

export interface PhoneCallParties {
  /** Names the call to whoever reads about it. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** `X-PH-...` headers of the INVITE. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A call as it is told to others. Times are wall-clock milliseconds. */
export interface PhoneCallReport extends PhoneCallParties {
  readonly direction: 'incoming' | 'outgoing';
  readonly state: PhoneCallState;
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly end: PhoneCallEnd | undefined;
  /** Why its script stopped before its end. */
  readonly scriptError: string | undefined;
  readonly digits: readonly HeardDigit[];
  readonly heard: readonly Stretch[];
}

export interface PressOptions {
  readonly method?: DigitMethod | undefined;
  readonly toneMs?: number | undefined;
  readonly gapMs?: number | undefined;
}

/** A call that is forgotten must not stay for ever. */
const LONGEST_CALL_MS = 3_600_000;
/** Of keys: quick, and longer than the 40 ms that must be understood (ITU-T Q.24). */
const TONE_MS = 100;
const GAP_MS = 80;
/** `w` and `W` among digits. */
const PAUSES: Readonly<Record<string, number>> = { w: 500, W: 1_000 };
const DECLINED = 480;
const CANCELLED = 487;

export class PhoneCall {
  readonly parties: PhoneCallParties;
  readonly direction: 'incoming' | 'outgoing';
  readonly ear: PhoneEar;
  readonly startedAt: number;
  /** Whether it is answered; false when it ends before. */
  readonly answered: Promise<boolean>;
  readonly ended: Promise<PhoneCallEnd>;
  /** Why its script stopped before its end. */
  scriptError: string | undefined;
  readonly #services: PhoneCallServices;
  readonly #gone = new AbortController();
  readonly #stopLimit: () => void;
  #state: PhoneCallState = 'calling';
  #incoming: IncomingInvite | undefined;
  #outgoing: OutgoingInvite | undefined;
  #session: SipSession | undefined;
  #opening: Promise<LegAudio | undefined> | undefined;
  #audio: LegAudio | undefined;
  #description: string | undefined;
  #answeredAt: number | undefined;
  #endedAt: number | undefined;
  #end: PhoneCallEnd | undefined;
  #settleAnswered: (answered: boolean) => void = () => undefined;
  #settleEnded: (end: PhoneCallEnd) => void = () => undefined;

  private constructor(direction: 'incoming' | 'outgoing', parties: PhoneCallParties, services: PhoneCallServices) {
    this.direction = direction;
    this.parties = parties;
    this.#services = services;
    this.ear = new PhoneEar(services.clock);
    this.startedAt = services.clock.now();
    this.answered = new Promise((resolve) => {
      this.#settleAnswered = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#stopLimit = services.clock.after(LONGEST_CALL_MS, () => this.#leave('limit', undefined));
  }

  /** Takes a call; it rings, is answered or refused by what is called next. */
  static incoming(invite: IncomingInvite, parties: PhoneCallParties, services: PhoneCallServices): PhoneCall {
    const call = new PhoneCall('incoming', parties, services);
    call.#incoming = invite;
    invite.onCancelled((headers) => call.#over({ by: 'far', status: CANCELLED, reason: reasonOf(headers) }));
    return call;
  }

  /** Calls somebody. */
  static outgoing(invite: Omit<InviteOptions, 'sdp'>, parties: PhoneCallParties, services: PhoneCallServices): PhoneCall {
    const call = new PhoneCall('outgoing', parties, services);
    void call.#dial(invite);
    return call;
  }

  get state(): PhoneCallState {
    return this.#state;
  }

  /** Aborts when the call is over. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get media(): MediaLeg | undefined {
    return this.#audio?.media;
  }

  report(): PhoneCallReport {
    return {
      ...this.parties,
      direction: this.direction,
      state: this.#state,
      startedAt: this.startedAt,
      answeredAt: this.#answeredAt,
      endedAt: this.#endedAt,
      end: this.#end,
      scriptError: this.scriptError,
      digits: [...this.ear.digits],
      heard: this.ear.audio.stretches(),
    };
  }

  /** Incoming: 180. */
  ring(): void {
    if (this.#state !== 'calling') return;
    this.#incoming?.ring();
    if (this.#incoming) this.#state = 'ringing';
  }

  /** Incoming: 183 with audio. */
  async early(): Promise<void> {
    const description = await this.#describe();
    if (description === undefined || this.#state === 'answered' || this.#state === 'ended') return;
    this.#incoming?.progress(description);
    this.#state = 'early';
  }

  /** Incoming: 200. False when the caller was gone before. */
  async answer(): Promise<boolean> {
    const invite = this.#incoming;
    const description = await this.#describe();
    if (!invite || description === undefined || this.#session || this.#end) return false;
    try {
      const session = await invite.accept(description);
      return this.#answered(session, invite.offer === undefined ? session.remoteSdp : undefined);
    } catch {
      this.#over({ by: 'far', status: CANCELLED, reason: undefined });
      return false;
    }
  }

  /** Incoming and not answered yet. @param status 300-699 */
  refuse(status: number, reason?: string): void {
    if (this.#end || this.#session) return;
    this.#incoming?.reject(status, reason === undefined ? {} : { reason });
    this.#over({ by: 'phone', status, reason });
  }

  /** Ends the call as its state demands: BYE, CANCEL or a refusal. */
  hangUp(): void {
    this.#leave('phone', undefined);
  }

  /** Ends the call because something is wrong. */
  fail(reason: string): void {
    this.#leave('error', reason);
  }

  /** Stops sending and answering anything, audio and signalling, without a word. */
  vanish(): void {
    const sipCallId = this.#incoming?.callId ?? this.#outgoing?.callId;
    if (this.#end || sipCallId === undefined) return;
    this.#services.hide(sipCallId);
    this.#leave('vanished', undefined);
  }

  /** Replaces what is played. Resolves with its end; `closed` also where there is no audio yet. */
  play(sources: readonly PlaySource[], options: Partial<PlayOptions> = {}): Promise<PlayEnd> {
    const media = this.media;
    if (!media) return Promise.resolve('closed');
    return media.play(sources, { loop: 1, ...options }).ended;
  }

  /** Presses keys: `0-9*#A-D`, `w` and `W` for pauses. Resolves with the end of the last one. */
  async press(digits: string, options: PressOptions = {}): Promise<void> {
    const { method = 'rfc4733', toneMs = TONE_MS, gapMs = GAP_MS } = options;
    if (method === 'info') await this.#pressByInfo(digits, toneMs, gapMs);
    else await this.media?.sendDigits(digits, { method, toneMs, gapMs }, this.gone).allSent;
  }

  /** Puts the far end on hold. False when it refuses that. */
  hold(): Promise<boolean> {
    return this.#reinvite('sendonly');
  }

  resume(): Promise<boolean> {
    return this.#reinvite('sendrecv');
  }

  async #pressByInfo(digits: string, toneMs: number, gapMs: number): Promise<void> {
    for (const digit of digits) {
      const pause = PAUSES[digit];
      if (this.#end || !this.#session) return;
      if (pause === undefined) await this.#session.info(INFO_DIGIT_TYPE, formatInfoDigit(digit, toneMs)).catch(() => undefined);
      await this.#services.clock.sleep(pause ?? gapMs, this.gone).catch(() => undefined);
    }
  }

  async #reinvite(direction: Direction): Promise<boolean> {
    const audio = this.#audio;
    if (!audio || !this.#session) return false;
    audio.direction = direction;
    try {
      return audio.take(await this.#session.reinvite(audio.offer()));
    } catch {
      return false;
    }
  }

  async #dial(options: Omit<InviteOptions, 'sdp'>): Promise<void> {
    const audio = await this.#open();
    if (!audio) return;
    const invite = this.#services.invite({ ...options, sdp: audio.offer() });
    this.#outgoing = invite;
    invite.onRinging((status) => {
      if (status > 100 && this.#state === 'calling') this.#state = 'ringing';
    });
    invite.onProgress((sdp) => {
      if (!this.#end && audio.take(sdp)) this.#state = 'early';
    });
    const result = await invite.result;
    if (result.kind === 'answered') this.#answered(result.session, result.session.remoteSdp);
    else this.#over({ by: result.cause === 'response' ? 'far' : 'error', status: result.status, reason: result.reason });
  }

  /** @param answer the far end's answer to our offer, if the offer was ours */
  #answered(session: SipSession, answer: string | undefined): boolean {
    this.#session = session;
    if (this.#end) {
      session.bye();
      return false;
    }
    if (answer !== undefined && this.#audio?.take(answer) !== true) {
      this.fail('the far end speaks no codec of ours');
      return false;
    }
    this.#state = 'answered';
    this.#answeredAt = this.#services.clock.now();
    session.onOffer((offer) => {
      const sdp = this.#audio?.answer(offer);
      return sdp === undefined ? { reject: 488 } : { sdp };
    });
    session.onAnswer((later) => void this.#audio?.take(later));
    session.onInfo((contentType, body) => {
      const digit = readInfoDigit(contentType, body.toString('latin1'));
      if (digit !== undefined) this.ear.takeDigit(digit, 'info');
    });
    session.onEnded((end) => this.#over(endOf(end)));
    this.#settleAnswered(true);
    return this.#end === undefined;
  }

  async #describe(): Promise<string | undefined> {
    const invite = this.#incoming;
    const audio = await this.#open();
    if (!audio || !invite) return undefined;
    this.#description ??= invite.offer === undefined ? audio.offer() : audio.answer(invite.offer);
    if (this.#description === undefined) this.refuse(488);
    return this.#description;
  }

  /** The audio of this call; undefined when the call is over or no port is free, which ends it. */
  #open(): Promise<LegAudio | undefined> {
    this.#opening ??= LegAudio.open(this.#services, { srtp: this.#services.srtp }).then(
      (audio) => {
        if (this.#end) {
          void audio.media.close();
          return undefined;
        }
        this.#audio = audio;
        audio.media.observe((window) => this.ear.take(window));
        audio.media.onDigit((digit, method) => this.ear.takeDigit(digit, method));
        audio.media.onFailure((error) => this.fail(error.message));
        return audio;
      },
      () => {
        this.fail('no media port is free');
        return undefined;
      },
    );
    return this.#opening;
  }

  #leave(by: PhoneCallEnd['by'], reason: string | undefined): void {
    if (this.#end) return;
    const unanswered = this.#session === undefined;
    // Before the farewell, whose end would be taken for the far end's.
    this.#over({ by, status: unanswered && this.#incoming && by !== 'vanished' ? DECLINED : undefined, reason });
    this.#session?.bye();
    if (!unanswered) return;
    this.#incoming?.reject(DECLINED);
    this.#outgoing?.cancel();
  }

  #over(end: PhoneCallEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#endedAt = this.#services.clock.now();
    this.#state = 'ended';
    this.#stopLimit();
    this.#gone.abort();
    this.ear.close();
    void this.#audio?.media.close();
    this.#settleAnswered(false);
    this.#settleEnded(end);
  }
}

function endOf({ by, headers }: SessionEnd): PhoneCallEnd {
  if (by === 'remote') return { by: 'far', status: undefined, reason: reasonOf(headers) };
  if (by === 'local' || by === 'shutdown') return { by: 'phone', status: undefined, reason: undefined };
  return {
    by: 'error',
    status: undefined,
    reason: by === 'timeout' ? 'the far end does not answer' : 'the far end has forgotten the call',
  };
}

function reasonOf(headers: SipHeaders | undefined): string | undefined {
  const reason = parseReason(headers?.get('Reason') ?? '');
  return reason?.text ?? (reason?.cause === undefined ? undefined : `${reason.protocol} ${reason.cause}`);
}
