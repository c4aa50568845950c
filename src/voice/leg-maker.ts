import type { Account } from '../accounts/account.ts';
import type { LegFactory } from './leg.ts';
import type { TrunkCaller } from './sip/trunk-door.ts';

/** A leg to be made to somebody outside. */
export interface OutboundLegRequest {
  readonly callId: string;
  readonly accountId: string;
  /** Digits, or a SIP URI. */
  readonly to: string;
  /** Digits, or `sip:user@host`. */
  readonly from: string;
  readonly callerName: string;
  /** Complete names and values of the headers that the application gave: `X-PH-...`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Answers a challenge of the called party (sipAuthUsername of a User). */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Over TLS and with SRTP, or not at all. */
  readonly isSecure?: boolean | undefined;
  /** Who has passed the call on, in the form of `from`. */
  readonly referredBy?: string | undefined;
}

/** Makes legs over the carriers: which trunk takes it, and which the next when that fails, is decided there. */
export interface LegMaker {
  make(request: OutboundLegRequest): LegFactory;
}

/** A call at the door: an INVITE that has been let in, from a carrier, an endpoint or any SIP caller. */
export interface IncomingCall {
  /** Digits without `+`, or `sip:user@host`. */
  readonly from: string;
  readonly callerName: string;
  /** What was dialled: digits without `+`, or `sip:user@host`. */
  readonly to: string;
  /** The To header as it came. */
  readonly sipTo: string;
  readonly sourceIp: string;
  /** `X-PH-...` headers as they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly forwardedFrom: string | undefined;
  readonly origin:
    | { readonly kind: 'carrier'; readonly carrier: string }
    | {
        readonly kind: 'endpoint';
        readonly endpointId: string;
        readonly username: string;
        /** How it proved that. */
        readonly proof: 'digest' | 'jwt';
        /** The application that its token names in place of its own. */
        readonly appId?: string | undefined;
      }
    /** Whoever an account has given a token to, without being one of its endpoints. */
    | { readonly kind: 'bearer'; readonly owner: Account; readonly username: string; readonly appId: string | undefined }
    /** A customer's telephone system, over a trunk of its own. */
    | TrunkCaller
    /** Anybody; only public applications can be reached. */
    | { readonly kind: 'anonymous' };
  /** It wants the place of another call: its CallUUID, undefined when that is not one of this node. */
  readonly replaces?: { readonly callId: string | undefined } | undefined;
  readonly leg: LegFactory;
  /** Refuses it before it has become a call: a SIP status of 4xx-6xx. */
  refuse(status: number, reason: string): void;
}
