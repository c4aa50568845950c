import type { Micros } from '../billing/money.ts';
import type { CallFacts, CnamLookup } from './call-facts.ts';
import type { CallRate } from './pricing.ts';

/** What the call engine writes down. Implemented over SQL by `call-store.ts`; every method resolves when it is committed. */
export interface CallRecords {
  /** A call that came in, or a leg that a Dial makes. API calls have their record from the request that asked for them. */
  started(facts: CallFacts, origin: CallOrigin): Promise<void>;
  /** Ring and answer; may be late or lost, the final record holds them too. */
  progressed(facts: CallFacts): Promise<void>;
  /** Closes the record, charges for it and puts the hangup notification into the delivery queue: all of it exactly once. */
  ended(facts: CallFacts, origin: CallOrigin): Promise<void>;
}

/** What a record needs besides the facts. */
export interface CallOrigin {
  readonly rate: CallRate;
  readonly applicationId: string | undefined;
  /** It is a call over a customer's trunk whose calls go over TLS and with SRTP. */
  readonly isSecure?: boolean | undefined;
  /** Absent: no number was called. */
  readonly cnamLookup?: CnamLookup | undefined;
  readonly hangup: { readonly url: string; readonly method: string } | undefined;
  /** Trunk that carried it last. */
  readonly carrier: string | undefined;
  /** What that trunk takes for the call; known at its end. */
  readonly carrierCostMicros?: Micros | undefined;
  readonly endpointId: string | undefined;
  /** Who answered was found out, which may cost something. */
  readonly machineDetection?: boolean | undefined;
  /** The conference that it was in, of several the last. */
  readonly conferenceId?: string | undefined;
  /** IP address of the API request. */
  readonly requesterIp: string | undefined;
}
