import { isApplicationId } from '../../accounts/application.ts';
import { canAnswer } from '../../carriers/sip/leg-audio.ts';
import type { Log } from '../../runtime/log.ts';
import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import type { DigestVerifier, Ha1Lookup } from '../../sip/digest-verifier.ts';
import { parseDiversion } from '../../sip/diversion.ts';
import { parseNameAddress } from '../../sip/name-address.ts';
import { parseUri } from '../../sip/uri.ts';
import type { IncomingCall } from '../leg-maker.ts';
import { endpointAddress } from '../phone-domain.ts';
import { readCallerProof } from './caller-proof.ts';
import type { FailedLogins } from './failed-logins.ts';
import { inboundLeg } from './inbound-leg.ts';
import { SIMULATOR } from './leg-routes.ts';
import type { LegServices } from './leg-services.ts';
import type { TokenCaller, TokenLogins } from './token-logins.ts';
import { type CallingTrunk, letInOverTrunk } from './trunk-door.ts';

/** The carrier that calls of an address come from. */
export interface CallSource {
  readonly carrier: string;
  /** Phones of this installation call from there, too: a caller that says it is one has to prove it. */
  readonly mayBePhone: boolean;
}

export interface SipDoorOptions {
  readonly audio: LegServices;
  readonly log: Log;
  /** Whose calls come from this address and port; undefined = nobody's. */
  carrierOf(source: IncomingInvite['source']): CallSource | undefined;
  readonly verifier: DigestVerifier;
  readonly failures: FailedLogins;
  readonly ha1: Ha1Lookup;
  readonly tokens: TokenLogins;
  endpointOf(username: string): Promise<{ readonly endpointId: string } | undefined>;
  /** Whether anybody may call this application by `sip:{app_id}@`. */
  isPublicApplication(appId: string): Promise<boolean>;
  /** The customer's trunk that calls to this host come over. */
  trunkOf?: ((host: string) => Promise<CallingTrunk | undefined>) | undefined;
  arrive(incoming: IncomingCall): Promise<void>;
}

/** What an application is told of (voice-xml.md §9); the longest value is the token of a browser. Others are dropped. */
const CUSTOM_HEADER = /^X-PH-[A-Za-z0-9-]{1,24}$/i;
const MAX_CUSTOM_VALUE = 500;
/** A caller that is not to be shown, in the place of its number. */
const ANONYMOUS = 'anonymous';
/** Levels of privacy that mean who calls (RFC 3323 §4.2, RFC 3325 §9.3). */
const PRIVATE = /(?:^|[;,\s])(?:id|user|header)(?=$|[;,\s])/i;

/** Where calls come in over SIP: who is it, may they, and whom do they want. */
export class SipDoor {
  readonly #options: SipDoorOptions;

  constructor(options: SipDoorOptions) {
    this.#options = options;
  }

  /** What the SIP stack calls for an INVITE. */
  take(invite: IncomingInvite): void {
    this.#letIn(invite).catch((error: unknown) => {
      this.#options.log.warn({ err: error, sipCallId: invite.callId }, 'a call could not be taken');
      invite.reject(500);
    });
  }

  async #letIn(invite: IncomingInvite): Promise<void> {
    const { audio } = this.#options;
    const origin = await this.#originOf(invite);
    if (!origin || invite.isCancelled) return;
    const srtp = await audio.srtp.ofCaller(origin);
    if (invite.offer !== undefined && !canAnswer(invite.offer, audio.codecs, srtp)) return invite.reject(488);
    const { headers } = invite.request;
    const address = headers.get('P-Asserted-Identity') ?? headers.get('From') ?? '';
    const from = 'username' in origin ? endpointAddress(origin.username) : partyOf(parseNameAddress(address)?.uri);
    const diverted = parseDiversion(headers.get('Diversion') ?? '');
    // A carrier tells us who calls; whether we may tell is the caller's to say (RFC 3325 §7).
    const isWithheld = origin.kind === 'carrier' && PRIVATE.test(headers.get('Privacy') ?? '');
    const isSigned = origin.kind === 'carrier' && origin.carrier !== SIMULATOR;
    const attestation = headers.get('Attestation-Info') ?? headers.get('P-Attestation-Indicator');
    await this.#options.arrive({
      from: isWithheld ? ANONYMOUS : from,
      withheld: isWithheld ? from : undefined,
      proof: isSigned ? readCallerProof(address, attestation, from) : undefined,
      callerName: isWithheld ? '' : (parseNameAddress(headers.get('From') ?? '')?.displayName ?? ''),
      to: partyOf(invite.request.uri),
      sipTo: headers.get('To') ?? '',
      sourceIp: invite.source.address,
      headers: Object.fromEntries(
        [...headers]
          .filter(([name, value]) => CUSTOM_HEADER.test(name) && value.length <= MAX_CUSTOM_VALUE)
          .map(([name, value]) => [`X-PH-${name.slice(5)}`, value]),
      ),
      forwardedFrom: diverted && partyOf(diverted.uri),
      origin,
      replaces: invite.replaces && { callId: audio.sessions.ofSession(invite.replaces) },
      leg: inboundLeg(invite, audio, srtp),
      refuse: (status, reason) => invite.reject(status, { reason }),
    });
  }

  /** Who calls; undefined when the INVITE has been answered with a refusal or a challenge. */
  async #originOf(invite: IncomingInvite): Promise<IncomingCall['origin'] | undefined> {
    const wanted = parseUri(invite.request.uri);
    const trunk = wanted && wanted.scheme !== 'tel' ? await this.#options.trunkOf?.(wanted.host) : undefined;
    if (trunk) return letInOverTrunk(invite, trunk, this.#options);
    const source = this.#options.carrierOf(invite.source);
    if (source && !(source.mayBePhone && (await this.#saysItIsAPhone(invite))))
      return { kind: 'carrier', carrier: source.carrier };
    const called = parseUri(invite.request.uri);
    const user = called?.scheme === 'tel' ? '' : (called?.user ?? '');
    if (isApplicationId(user) && (await this.#options.isPublicApplication(user))) return { kind: 'anonymous' };
    return this.#authenticate(invite);
  }

  /** Whether From names an endpoint. */
  async #saysItIsAPhone({ request }: IncomingInvite): Promise<boolean> {
    const from = parseUri(parseNameAddress(request.headers.get('From') ?? '')?.uri ?? '');
    if (!from || from.scheme === 'tel' || from.user === undefined || digitsOf(from.user) !== undefined) return false;
    return (await this.#options.endpointOf(from.user)) !== undefined;
  }

  async #authenticate(invite: IncomingInvite): Promise<IncomingCall['origin'] | undefined> {
    const { verifier, failures, ha1 } = this.#options;
    const { request, source } = invite;
    if (failures.isLocked(source.address)) {
      invite.reject(403);
      return undefined;
    }
    const bearer = await this.#options.tokens.callerOf(invite);
    if (bearer) return this.#originOfBearer(bearer, invite);
    const credentials = [...request.headers.all('Authorization'), ...request.headers.all('Proxy-Authorization')];
    const { method, uri, body } = request;
    const verdict = await verifier.verify({ method, uri, body, credentials }, ha1);
    if (verdict.kind === 'absent' || verdict.kind === 'stale') {
      invite.challenge(verifier.challenge({ stale: verdict.kind === 'stale' }), 'proxy');
      return undefined;
    }
    const endpoint = verdict.kind === 'ok' ? await this.#options.endpointOf(verdict.username) : undefined;
    if (verdict.kind !== 'ok' || !endpoint) {
      failures.failed(source.address);
      invite.reject(verdict.kind === 'malformed' ? 400 : 403);
      return undefined;
    }
    return { kind: 'endpoint', endpointId: endpoint.endpointId, username: verdict.username, proof: 'digest' };
  }

  async #originOfBearer(bearer: TokenCaller, invite: IncomingInvite): Promise<IncomingCall['origin'] | undefined> {
    if (bearer.kind === 'refused') {
      this.#options.failures.failed(invite.source.address);
      invite.reject(bearer.status, { headers: bearer.headers });
      return undefined;
    }
    const { owner, username, appId } = bearer.grant;
    if (username === undefined) {
      const from = parseUri(parseNameAddress(invite.request.headers.get('From') ?? '')?.uri ?? '');
      const name = from && from.scheme !== 'tel' ? (from.user ?? '') : '';
      // A name that ends otherwise could be somebody's endpoint.
      const isOwn = name.endsWith(`_${owner.authId}`);
      return { kind: 'bearer', owner, username: isOwn ? name : `_${owner.authId}`, appId };
    }
    const endpoint = await this.#options.endpointOf(username);
    if (!endpoint) {
      invite.reject(403);
      return undefined;
    }
    return { kind: 'endpoint', endpointId: endpoint.endpointId, username, proof: 'jwt', appId };
  }
}

/** Digits without `+` where it is a number, else the SIP address without port and parameters. */
function partyOf(uri: string | undefined): string {
  const parsed = parseUri(uri ?? '');
  if (!parsed) return ANONYMOUS;
  if (parsed.scheme === 'tel') return digitsOf(parsed.number) ?? parsed.number;
  return digitsOf(parsed.user ?? '') ?? `${parsed.scheme}:${parsed.user === undefined ? '' : `${parsed.user}@`}${parsed.host}`;
}

/** Phone numbers as SIP user parts: with or without `+`, visual separators and number parameters. */
function digitsOf(user: string): string | undefined {
  const plain = user.split(';')[0]?.replace(/[-.() ]/g, '') ?? '';
  return /^\+?\d{1,20}$/.test(plain) ? plain.replace('+', '') : undefined;
}
