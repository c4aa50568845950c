import type { Micros } from '../billing/money.ts';
import type { HangupCause } from './hangup-cause.ts';

export type CallDirection = 'inbound' | 'outbound';

/** Whether the name of a caller was looked up for the number that was called. */
export type CnamLookup = 'enabled' | 'disabled';

/** Where a call stands, as webhooks name it (voice-xml.md §10). */
export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'timeout'
  | 'no-answer'
  | 'cancel';

/** What is known of a call at one moment: what its webhooks and records tell. Times are wall-clock milliseconds. */
export interface CallFacts {
  readonly callId: string;
  /** Account or subaccount whose application runs the call. */
  readonly ownerId: string;
  /** The main account. */
  readonly accountId: string;
  readonly direction: CallDirection;
  /** Digits without `+`, or `sip:user@host`. */
  readonly from: string;
  readonly to: string;
  readonly callerName: string;
  readonly status: CallStatus;
  /** Of the API request that made it. */
  readonly requestId: string | undefined;
  /** The first leg: itself for an API call, the dialling one for a leg made by Dial; undefined on inbound calls. */
  readonly aLegId: string | undefined;
  readonly aLegRequestId: string | undefined;
  /** The call whose Dial made this one. */
  readonly parentCallId: string | undefined;
  /** First sign of the call: INVITE received or sent. */
  readonly startedAt: number;
  readonly ringingAt: number | undefined;
  readonly answeredAt: number | undefined;
  /** Price of a minute. */
  readonly rateMicros: Micros;
  /** Header names with `X-PH-` as they came. */
  readonly customHeaders: Readonly<Record<string, string>>;
  /** The To header of a SIP caller's INVITE, as it came. */
  readonly sipTo: string | undefined;
  readonly sipAuth: { readonly type: string; readonly user: string; readonly sourceIp: string } | undefined;
  readonly forwardedFrom: string | undefined;
  /** Name of the caller that was looked up for the number; `""` = none is known. Absent: nobody wanted it. */
  readonly cnam?: string | undefined;
  readonly stirVerification: 'Verified' | 'Not Verified' | 'Not Applicable';
  readonly stirAttestation: '' | 'A' | 'B' | 'C';
  readonly machine: boolean;
  readonly scheduledHangupId: string | undefined;
  /** The trunk tried first had failed. */
  readonly carrierFailover: boolean;
  readonly ended: EndedFacts | undefined;
}

export interface EndedFacts {
  readonly at: number;
  readonly cause: HangupCause;
  /** Seconds from answer to end, rounded up; 0 when it was never answered. */
  readonly durationS: number;
  /** Rounded up to the billing increment. */
  readonly billedS: number;
  readonly amountMicros: Micros;
}
