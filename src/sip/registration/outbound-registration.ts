import type { CallServices } from '../calls/call-services.ts';
import { MAX_FORWARDS } from '../calls/dialog.ts';
import { ClientAuthentication } from '../client-authentication.ts';
import { parseContact } from '../contact.ts';
import type { DigestCredentials } from '../digest-client.ts';
import { SipHeaders } from '../headers.ts';
import { newCallId, newTag } from '../identifiers.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Exchange, NextHop } from '../request-sender.ts';
import { parseDeltaSeconds, parseRetryAfter } from '../session-timer.ts';
import { parseSipUri } from '../uri.ts';

export interface OutboundRegistrationOptions {
  /** The Request-URI: the trunk's domain, `sip:trunk.example`. */
  readonly registrar: string;
  /** Where the REGISTER goes when not to the registrar's own address. */
  readonly via?: NextHop;
  /** The address of record, `sip:user@trunk.example`. */
  readonly address: string;
  readonly credentials: DigestCredentials;
  /** Seconds asked for. */
  readonly expires?: number;
  readonly onState?: (state: OutboundRegistrationState) => void;
}

export type OutboundRegistrationState =
  | { readonly kind: 'registered'; readonly expiresSeconds: number }
  /** Tried again after `retryMs`. `status` undefined: nobody answered. */
  | { readonly kind: 'failed'; readonly status: number | undefined; readonly reason: string; readonly retryMs: number };

const USUAL_EXPIRES = 3600;
/** Refreshed this long before the end, or at half of a short one: two tries of 32 s fit in between. */
const MARGIN_SECONDS = 90;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 300_000;
/** After a refusal by name: trunks lock accounts that hammer. */
const REFUSED_RETRY_MS = 120_000;
/** A registrar cannot keep us waiting longer than this by Retry-After. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
const MOST_CHALLENGES = 3;
const EMPTY = Buffer.alloc(0);

/** Keeps us registered at a trunk that demands it (RFC 3261 §10.2): refresh in time, back-off with jitter on failure. */
export class OutboundRegistration {
  readonly #services: CallServices;
  readonly #options: OutboundRegistrationOptions;
  readonly #authentication: ClientAuthentication;
  readonly #callId: string;
  readonly #tag: string;
  #sequence = 0;
  #expires: number;
  #failures = 0;
  #challenges = 0;
  #exchange: Exchange | undefined;
  #cancelTimer: (() => void) | undefined;
  #state: 'idle' | 'running' | 'leaving' | 'stopped' = 'idle';
  #isRegistered = false;

  constructor(services: CallServices, options: OutboundRegistrationOptions) {
    this.#services = services;
    this.#options = options;
    this.#authentication = new ClientAuthentication(options.credentials, services.random);
    this.#callId = newCallId(services.random);
    this.#tag = newTag(services.random);
    this.#expires = options.expires ?? USUAL_EXPIRES;
  }

  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    this.#register();
  }

  /** Takes the registration back; resolves when the trunk has answered, or cannot be reached. */
  stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#exchange?.abandon();
    if (this.#state !== 'running' || !this.#isRegistered) {
      this.#state = 'stopped';
      return Promise.resolve();
    }
    this.#state = 'leaving';
    return new Promise((resolve) => {
      this.#challenges = 0;
      this.#send(0, undefined, () => {
        this.#state = 'stopped';
        resolve();
      });
    });
  }

  #register(): void {
    this.#challenges = 0;
    this.#send(this.#expires, undefined, (response, reason) => this.#outcome(response, reason));
  }

  #send(
    expires: number,
    refusal: { readonly response: SipResponse; readonly request: SipRequest } | undefined,
    onFinal: (response: SipResponse | undefined, reason: string) => void,
  ): void {
    const { registrar, address, via } = this.#options;
    const { identity, sender, userAgent } = this.#services;
    this.#sequence++;
    const headers = new SipHeaders([
      ['Max-Forwards', MAX_FORWARDS],
      ['From', `<${address}>;tag=${this.#tag}`],
      ['To', `<${address}>`],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#sequence} REGISTER`],
      ['Expires', String(expires)],
      ['User-Agent', userAgent],
    ]);
    const request: SipRequest = { kind: 'request', method: 'REGISTER', uri: registrar, headers, body: EMPTY };
    if (refusal === undefined) this.#authentication.authorize(request);
    else if (!this.#authentication.answer(refusal.response, refusal.request, request)) {
      onFinal(refusal.response, refusal.response.reason);
      return;
    }
    const user = parseSipUri(address)?.user;
    this.#exchange = sender.send(
      request,
      via ?? { uri: registrar },
      {
        onResponse: (response) => {
          if (response.status < 200) return;
          const isChallenge = response.status === 401 || response.status === 407;
          if (isChallenge && this.#challenges++ < MOST_CHALLENGES) this.#send(expires, { response, request }, onFinal);
          else onFinal(response, response.reason);
        },
        onTimeout: () => onFinal(undefined, 'no answer'),
        onTransportError: (error) => onFinal(undefined, error.message),
      },
      (sent, flow) => sent.headers.set('Contact', `<${identity.contactUri(flow.transport, user)}>`),
    );
  }

  #outcome(response: SipResponse | undefined, reason: string): void {
    if (this.#state !== 'running') return;
    if (response !== undefined && response.status < 300) {
      this.#succeeded(response);
      return;
    }
    const least = response?.status === 423 ? parseDeltaSeconds(response.headers.get('Min-Expires') ?? '') : undefined;
    if (least !== undefined && least > this.#expires) {
      this.#expires = least;
      this.#register();
      return;
    }
    this.#isRegistered = false;
    const retryMs = this.#retryMs(response);
    this.#failures++;
    this.#cancelTimer = this.#services.clock.after(retryMs, () => this.#register());
    this.#options.onState?.({ kind: 'failed', status: response?.status, reason, retryMs });
  }

  #succeeded(response: SipResponse): void {
    this.#failures = 0;
    this.#isRegistered = true;
    const expiresSeconds = this.#granted(response);
    const refreshSeconds = expiresSeconds > 2 * MARGIN_SECONDS ? expiresSeconds - MARGIN_SECONDS : expiresSeconds / 2;
    this.#cancelTimer = this.#services.clock.after(Math.max(1, refreshSeconds) * 1000, () => this.#register());
    this.#options.onState?.({ kind: 'registered', expiresSeconds });
  }

  /** Seconds that the registrar gave our Contact; it lists those of others too. */
  #granted({ headers }: SipResponse): number {
    const user = parseSipUri(this.#options.address)?.user;
    const host = this.#services.identity.host.replace(/^\[|\]$/g, '');
    for (const value of headers.all('Contact')) {
      const contact = parseContact(value);
      if (contact === undefined || contact === '*' || contact.expires === undefined) continue;
      const uri = parseSipUri(contact.uri);
      if (uri?.user === user && uri?.host.replace(/^\[|\]$/g, '') === host) return contact.expires;
    }
    return parseDeltaSeconds(headers.get('Expires') ?? '') ?? this.#expires;
  }

  #retryMs(response: SipResponse | undefined): number {
    const asked = response && parseRetryAfter(response.headers.get('Retry-After') ?? '');
    if (asked !== undefined) return Math.min(asked * 1000, LONGEST_RETRY_AFTER_MS);
    const status = response?.status ?? 0;
    const isRefusal = status >= 400 && status < 500 && status !== 408;
    const full = isRefusal ? REFUSED_RETRY_MS : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10));
    return Math.round(full * (0.5 + this.#services.random.fraction() / 2));
  }
}
