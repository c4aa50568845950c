import type { Micros } from '../billing/money.ts';
import type { CallDirection, CallFacts, CnamLookup, EndedFacts } from './call-facts.ts';
import type { CallState } from './call-state.ts';
import type { ElementUrl } from './document.ts';
import type { HangupCode, HangupSource } from './hangup-cause.ts';
import type { MachineDetection } from './machine-detection.ts';
import type { CallRate } from './pricing.ts';

/** What a call made by the API needs to be dialled, for this destination alone. */
export interface DialOptions {
  readonly answer: ElementUrl;
  readonly ring?: ElementUrl | undefined;
  readonly fallback?: ElementUrl | undefined;
  readonly sendDigits?: string | undefined;
  readonly sendOnPreanswer: boolean;
  readonly timeLimitS?: number | undefined;
  readonly hangupOnRingS?: number | undefined;
  readonly ringTimeoutS?: number | undefined;
  /** Header names without `X-PH-`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent = nobody asks who answers. */
  readonly machine?: MachineDetection | undefined;
}

/** Kept while a leg is open: what is needed to dial it, and to tell of its end when its process has died. */
export interface CallOptions {
  readonly hangup?: ElementUrl | undefined;
  readonly dial?: DialOptions | undefined;
  /** Header names with `X-PH-`, repeated in every webhook. */
  readonly customHeaders?: Readonly<Record<string, string>> | undefined;
  /** Over a customer's trunk whose calls go over TLS and with SRTP. */
  readonly secure?: true | undefined;
  readonly cnamLookup?: CnamLookup | undefined;
}

/** A leg as it enters storage. Times are wall-clock milliseconds. */
export interface NewCall {
  /** UUID version 7. */
  readonly callId: string;
  /** The main account, which pays. */
  readonly accountId: string;
  /** Account or subaccount whose application runs it. */
  readonly ownerId: string;
  readonly direction: CallDirection;
  /** Digits without `+`, or `sip:user@host`. */
  readonly from: string;
  readonly to: string;
  readonly callerName: string;
  readonly requestId: string | undefined;
  /** The leg whose Dial made it. */
  readonly parentCallId: string | undefined;
  readonly applicationId: string | undefined;
  readonly endpointId: string | undefined;
  readonly trunk: string | undefined;
  readonly rate: CallRate;
  readonly stirVerification: CallFacts['stirVerification'];
  readonly stirAttestation: CallFacts['stirAttestation'];
  /** Where the API request, or the INVITE, came from. */
  readonly sourceIp: string | undefined;
  readonly options: CallOptions;
  readonly initiatedAt: number;
}

/** A leg that has not ended. */
export interface OpenCall extends NewCall {
  readonly state: CallState;
  /** Who has it in hand; undefined = it waits in storage. */
  readonly node: string | undefined;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
}

/** What is known of a leg at its end beside what storage has. */
export interface CallEnding {
  readonly ended: EndedFacts;
  /** Replace what was stored when they are given. */
  readonly trunk?: string | undefined;
  readonly ringingAt?: number | undefined;
  readonly answeredAt?: number | undefined;
  readonly carrierFailover?: boolean | undefined;
  readonly carrierCostMicros?: Micros | undefined;
  readonly conferenceId?: string | undefined;
}

/** A call detail record: a leg that has ended (voice-api.md §4.1). */
export interface CallRecord {
  readonly callId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly callerName: string;
  readonly requestId: string | null;
  readonly parentCallId: string | null;
  /** The conference that it was in, of several the last. */
  readonly conferenceId: string | null;
  /** The application that answered it, or the customer's trunk that it came or went over. */
  readonly applicationId: string | null;
  readonly trunk: string | null;
  /** Over a customer's trunk whose calls went over TLS and with SRTP. */
  readonly secure: boolean;
  /** Empty where no number was called. */
  readonly cnamLookup: CnamLookup | '';
  readonly carrierFailover: boolean;
  readonly carrierCostMicros: Micros;
  readonly rateMicros: Micros;
  readonly amountMicros: Micros;
  /** Seconds from answer to end, rounded up; and rounded up to the increment. */
  readonly billSeconds: number;
  readonly billedSeconds: number;
  readonly hangupCode: HangupCode;
  readonly hangupSource: HangupSource;
  readonly sipStatus: number | null;
  readonly stirVerification: string;
  readonly stirAttestation: string;
  readonly sourceIp: string | null;
  readonly initiatedAt: Date;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly endedAt: Date;
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** Filters of a list of records; absent = any. */
export interface CallFilter {
  /** When they ended: milliseconds since the epoch, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly ownerId?: string | undefined;
  readonly direction?: CallDirection | undefined;
  /** Whole, or what the number begins with. */
  readonly fromPrefix?: string | undefined;
  readonly toPrefix?: string | undefined;
  readonly parentCallId?: string | undefined;
  readonly billSeconds?: readonly { readonly comparison: Comparison; readonly seconds: number }[];
  readonly hangupCode?: number | undefined;
  readonly hangupSource?: string | undefined;
  readonly stirVerification?: string | undefined;
  /** One of these. */
  readonly applicationIds?: readonly string[] | undefined;
}

/** Filters of live and queued legs; absent = any. */
export interface OpenCallFilter {
  readonly ownerId?: string | undefined;
  readonly direction?: CallDirection | undefined;
  readonly fromPrefix?: string | undefined;
  readonly toPrefix?: string | undefined;
}
