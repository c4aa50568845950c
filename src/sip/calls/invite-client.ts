import { ClientAuthentication } from '../client-authentication.ts';
import { parseContact } from '../contact.ts';
import type { DigestCredentials } from '../digest-client.ts';
import { SipHeaders } from '../headers.ts';
import { newCallId, newTag } from '../identifiers.ts';
import { MachineRun } from '../machine.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf, withTag } from '../name-address.ts';
import type { Exchange, NextHop } from '../request-sender.ts';
import type { HeaderList } from '../responses.ts';
import { formatSessionExpires, parseDeltaSeconds } from '../session-timer.ts';
import { createCancel } from '../transactions/failure-ack.ts';
import { T1 } from '../transactions/timers.ts';
import type { Flow } from '../transports/flow.ts';
import { parseSipUri } from '../uri.ts';
import { ALLOWED, type CallServices, SDP, SUPPORTED_IN_CALLS } from './call-services.ts';
import { MAX_FORWARDS } from './dialog.ts';
import { type AnswerOffer, EarlyDialogs } from './early-dialogs.ts';
import { type CallerAction, type CallerEvent, type CallerState, inviteClientTable } from './invite-client-table.ts';
import { sdpOf } from './sdp-body.ts';
import { allowedBy, Session } from './session.ts';
import { readSessionTimer } from './session-refresh.ts';
import type { SipSession } from './session-types.ts';

export interface InviteOptions {
  /** The Request-URI. */
  readonly target: string;
  /** Where the INVITE goes when not to its Request-URI: a trunk, or the place an endpoint registered from. */
  readonly via?: NextHop;
  /** Route values to begin with. */
  readonly route?: readonly string[];
  /** Name-addr or URI, without a tag. */
  readonly from: string;
  readonly to: string;
  readonly headers?: HeaderList;
  /** The session description offered. */
  readonly sdp: string;
  readonly credentials?: DigestCredentials;
  /** Follow 3xx (at most five Contacts) instead of reporting it. Off by default: whoever redirects chooses whom we pay for. */
  readonly followRedirects?: boolean;
  readonly callId?: string;
}

export interface InviteFailure {
  readonly kind: 'failed';
  /** 408 after a timeout, 503 when the INVITE could not be sent, 487 when cancelled. */
  readonly status: number;
  readonly reason: string;
  /** Of the response, if there was one. */
  readonly headers: SipHeaders | undefined;
  readonly cause: 'response' | 'timeout' | 'transport' | 'cancelled';
  /** The callee had asked for credentials and was sent them. */
  readonly hasAuthenticated?: boolean;
}

export type InviteResult = { readonly kind: 'answered'; readonly session: SipSession } | InviteFailure;

/** A call of ours that nobody has answered yet. */
export interface OutgoingInvite {
  readonly callId: string;
  /** Never rejects. */
  readonly result: Promise<InviteResult>;
  /** 100: somebody has it in hand. */
  onTrying(callback: () => void): void;
  /** 180 and other provisional responses without a description. */
  onRinging(callback: (status: number, headers: SipHeaders) => void): void;
  /** A provisional response with a description: early media. */
  onProgress(callback: (sdp: string, headers: SipHeaders) => void): void;
  /** Answers what the callee offers anew before it answers the call, by UPDATE; without it that gets 488. */
  onOffer(callback: AnswerOffer): void;
  /** Gives up. The result then is `cancelled`, whatever crosses it: an answer that does is hung up. */
  cancel(headers?: HeaderList): void;
}

/** Redirections, challenges and timer negotiations of one call. */
const MOST_ATTEMPTS = 12;
const MOST_REDIRECTS = 5;
/** Nobody lets it ring so long; proxies end calls after three minutes (timer C). */
const LONGEST_MS = 900_000;

/** The client side of a call's INVITE. */
export class OutgoingCall implements OutgoingInvite {
  readonly callId: string;
  readonly result: Promise<InviteResult>;
  readonly #services: CallServices;
  readonly #options: InviteOptions;
  readonly #authentication: ClientAuthentication | undefined;
  readonly #from: string;
  readonly #run = new MachineRun<CallerState, CallerEvent, CallerAction>(inviteClientTable, 'calling');
  readonly #early: EarlyDialogs;
  readonly #onGone: () => void;
  readonly #cancelLongest: () => void;
  #settle: (result: InviteResult) => void = () => {};
  #exchange: Exchange | undefined;
  #sequence = 1;
  #hasAuthenticated = false;
  #attempts = 0;
  #target: string;
  #via: NextHop | undefined;
  #redirects: string[] = [];
  #redirected = 0;
  #sessionExpires: number;
  #minSe: number;
  #cancelTimer: (() => void) | undefined;
  #cancelHeaders: HeaderList = [];
  #isLost = false;
  #onOffer: AnswerOffer | undefined;
  #onTrying: (() => void) | undefined;
  #onRinging: ((status: number, headers: SipHeaders) => void) | undefined;
  #onProgress: ((sdp: string, headers: SipHeaders) => void) | undefined;

  /** `onGone` is called once, when nothing of the call or its session is left. */
  constructor(services: CallServices, options: InviteOptions, onGone: () => void) {
    this.#services = services;
    this.#options = options;
    this.#onGone = onGone;
    this.callId = options.callId ?? newCallId(services.random);
    this.#authentication = options.credentials && new ClientAuthentication(options.credentials, services.random);
    const from = options.from.includes('<') ? options.from : `<${options.from}>`;
    this.#from = withTag(from, newTag(services.random)) ?? `${from};tag=${newTag(services.random)}`;
    this.#target = options.target;
    this.#via = options.via;
    this.#sessionExpires = services.sessionTimer.expires;
    this.#minSe = services.sessionTimer.min;
    this.#early = new EarlyDialogs(
      services,
      this.#authentication,
      options.via,
      (offer) => this.#onOffer?.(offer) ?? { reject: 488 },
    );
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#cancelLongest = services.clock.after(LONGEST_MS, () => {
      this.#isLost = true;
      this.cancel();
    });
    this.#send(this.#createInvite());
  }

  onOffer(callback: AnswerOffer): void {
    this.#onOffer = callback;
  }

  onTrying(callback: () => void): void {
    this.#onTrying = callback;
  }

  onRinging(callback: (status: number, headers: SipHeaders) => void): void {
    this.#onRinging = callback;
  }

  onProgress(callback: (sdp: string, headers: SipHeaders) => void): void {
    this.#onProgress = callback;
  }

  cancel(headers: HeaderList = []): void {
    const wasUnsent = this.#exchange?.transaction === undefined;
    this.#cancelHeaders = headers;
    this.#exchange?.stayWithTarget();
    this.#take('cancel');
    // Nobody has heard of the call yet.
    if (wasUnsent) this.#take('cancelTimeout');
  }

  /** The stack stops: hangs up, and a moment later reports so whether or not the callee has heard of it. */
  drop(): void {
    this.cancel();
  }

  abort(): void {
    this.cancel();
    this.#take('cancelTimeout');
  }

  #createInvite(): SipRequest {
    const { userAgent } = this.#services;
    const { to, route, headers, sdp } = this.#options;
    const fields = new SipHeaders([
      ['Max-Forwards', MAX_FORWARDS],
      ['From', this.#from],
      ['To', to.includes('<') ? to : `<${to}>`],
      ['Call-ID', this.callId],
      ['CSeq', `${this.#sequence} INVITE`],
    ]);
    for (const value of route ?? []) fields.append('Route', value);
    fields
      .append('Allow', ALLOWED)
      .append('Supported', SUPPORTED_IN_CALLS)
      .append('Session-Expires', formatSessionExpires({ seconds: this.#sessionExpires }))
      .append('Min-SE', String(this.#minSe))
      .append('User-Agent', userAgent);
    for (const [name, value] of headers ?? []) fields.append(name, value);
    fields.append('Content-Type', SDP);
    return { kind: 'request', method: 'INVITE', uri: this.#target, headers: fields, body: Buffer.from(sdp) };
  }

  #send(invite: SipRequest): void {
    this.#attempts++;
    const { sender, identity } = this.#services;
    const [firstRoute] = this.#options.route ?? [];
    const nextHop = this.#via ?? {
      uri: firstRoute === undefined ? this.#target : (/<([^>]+)>/.exec(firstRoute)?.[1] ?? firstRoute),
    };
    const user = parseSipUri(/<([^>]+)>/.exec(this.#from)?.[1] ?? '')?.user;
    // Each attempt has its own request: answers to an older one (a repeated 401) are absorbed by its transaction.
    this.#exchange = sender.send(
      invite,
      nextHop,
      {
        onResponse: (response, flow) => this.#response(response, flow, invite),
        onTimeout: () => this.#failed('timeout', 408, 'Request Timeout'),
        onTransportError: (error) => this.#failed('transportError', 503, error.message),
      },
      (sent, flow) => {
        sent.headers.set('Contact', `<${identity.contactUri(flow.transport, user)}>`);
      },
    );
  }

  #response(response: SipResponse, flow: Flow, invite: SipRequest): void {
    const { status } = response;
    if (status < 200) {
      // 100 comes from the next hop alone, which may still find out that it cannot serve.
      if (status > 100) this.#exchange?.stayWithTarget();
      this.#take('provisional', { response, flow, invite });
    } else if (status < 300) this.#take('success', { response, flow, invite });
    else if (!this.#retries(response, invite)) this.#take('failure', { response, flow, invite });
  }

  /** True when the call goes on by another INVITE. */
  #retries(response: SipResponse, invite: SipRequest): boolean {
    const { state } = this.#run;
    if ((state !== 'calling' && state !== 'proceeding') || this.#attempts >= MOST_ATTEMPTS) return false;
    const { status, headers } = response;
    if (status === 401 || status === 407) {
      this.#sequence++;
      const next = this.#createInvite();
      if (this.#authentication?.answer(response, invite, next) !== true) return false;
      this.#hasAuthenticated = true;
      this.#early.clear();
      this.#send(next);
      return true;
    }
    if (status === 422) {
      const minSe = parseDeltaSeconds(headers.get('Min-SE') ?? '');
      if (minSe === undefined || minSe <= this.#minSe) return false;
      this.#minSe = minSe;
      this.#sessionExpires = Math.max(minSe, this.#sessionExpires);
      return this.#again();
    }
    if (this.#options.followRedirects !== true) return false;
    if (status >= 300 && status < 400) this.#redirects.push(...redirectTargets(headers));
    const target = this.#redirected < MOST_REDIRECTS ? this.#redirects.shift() : undefined;
    if (target === undefined) return false;
    this.#redirected++;
    this.#target = target;
    this.#via = undefined;
    return this.#again();
  }

  #again(): true {
    this.#sequence++;
    this.#early.clear();
    const next = this.#createInvite();
    this.#authentication?.authorize(next);
    this.#send(next);
    return true;
  }

  #failed(event: 'timeout' | 'transportError', status: number, reason: string): void {
    this.#take(event, undefined, {
      kind: 'failed',
      status,
      reason,
      headers: undefined,
      cause: event === 'timeout' ? 'timeout' : 'transport',
    });
  }

  #take(event: CallerEvent, received?: Received, failure?: InviteFailure): void {
    const before = this.#run.state;
    for (const action of this.#run.fire(event)) this.#perform(action, received, failure);
    const { state } = this.#run;
    if (state === before || (state !== 'ended' && state !== 'answered')) return;
    this.#cancelLongest();
    this.#cancelTimer?.();
    this.#early.clear();
    if (state === 'ended') this.#onGone();
  }

  #perform(action: CallerAction, received: Received | undefined, failure: InviteFailure | undefined): void {
    switch (action) {
      case 'reportProgress':
        if (received) this.#progress(received);
        break;
      case 'ack':
        // Acknowledged as the first thing of the session, whose dialog it needs.
        break;
      case 'reportAnswer':
        if (received) this.#answered(received);
        break;
      case 'reportFailure':
        if (received) this.#settle(failureOf(received.response));
        break;
      case 'reportTimeout':
      case 'reportTransportError':
        if (failure) this.#settle(this.#hasAuthenticated ? { ...failure, hasAuthenticated: true } : failure);
        break;
      case 'reportCancelled':
        this.#settle({
          kind: 'failed',
          status: this.#isLost ? 408 : 487,
          reason: this.#isLost ? 'Request Timeout' : 'Request Terminated',
          headers: received?.response.headers,
          cause: this.#isLost ? 'timeout' : 'cancelled',
        });
        break;
      case 'sendCancel':
        this.#sendCancel();
        break;
      case 'startCancelTimer':
        this.#cancelTimer?.();
        this.#cancelTimer = this.#services.clock.after(64 * T1, () => this.#take('cancelTimeout'));
        break;
      case 'ackAndBye':
        if (received) this.#early.ackAndBye(received.invite, received.response, received.flow);
        break;
      case 'abandon':
        this.#exchange?.abandon();
    }
  }

  #progress({ response, flow, invite }: Received): void {
    if (response.status === 100) this.#onTrying?.();
    if (response.status === 100 || !this.#early.take(invite, response, flow)) return;
    const sdp = sdpOf(response);
    if (sdp === undefined) this.#onRinging?.(response.status, response.headers);
    else this.#onProgress?.(sdp, response.headers);
  }

  #answered({ response, flow, invite }: Received): void {
    const tag = tagOf(response.headers.get('To') ?? '');
    const agreed = this.#early.agreementOf(tag);
    const peer = this.#early.confirm(invite, response, flow);
    const session = new Session(this.#services, peer, {
      localSdp: agreed?.localSdp ?? this.#options.sdp,
      remoteSdp: agreed?.remoteSdp ?? sdpOf(response) ?? this.#early.answerOf(tag) ?? '',
      peerAllows: allowedBy(response.headers),
      timer: readSessionTimer(response.headers.get('Session-Expires')),
      isCaller: true,
      onGone: this.#onGone,
    });
    this.#services.dialogs.add(peer.id, session);
    this.#settle({ kind: 'answered', session });
  }

  #sendCancel(): void {
    const transaction = this.#exchange?.transaction;
    if (transaction === undefined) return;
    const cancel = createCancel(transaction.request, [...this.#cancelHeaders, ['User-Agent', this.#services.userAgent]]);
    // Whatever becomes of the CANCEL, the INVITE's own answer or the timer decides.
    const user = { onResponse: () => {}, onTimeout: () => {}, onTransportError: () => {} };
    this.#services.transactions.request(cancel, transaction.flow, user);
  }
}

interface Received {
  readonly response: SipResponse;
  readonly flow: Flow;
  readonly invite: SipRequest;
}

function failureOf({ status, reason, headers }: SipResponse): InviteFailure {
  return { kind: 'failed', status, reason, headers, cause: 'response' };
}

/** The SIP Contacts of a 3xx, most wanted first. */
function redirectTargets(headers: SipHeaders): string[] {
  const contacts = headers.all('Contact').flatMap((value) => {
    const contact = parseContact(value);
    return contact === undefined || contact === '*' || parseSipUri(contact.uri) === undefined ? [] : [contact];
  });
  return contacts
    .sort((a, b) => (b.q ?? 1) - (a.q ?? 1))
    .slice(0, MOST_REDIRECTS)
    .map(({ uri }) => uri);
}
