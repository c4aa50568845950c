import type { Call } from '../call.ts';
import type { StreamEndReason } from './stream-facts.ts';
import type { StreamParty } from './stream-party.ts';
import type { StreamPlan } from './stream-plan.ts';

export interface RunningStream {
  readonly id: string;
  readonly ended: Promise<void>;
  stop(reason: StreamEndReason): void;
}

/** Streams of calls, as the elements of documents use them. */
export interface CallStreams {
  /**
   * Starts a stream, connecting in the background. Undefined when the call has one already: there is one a call at a time. It is open
   * to the far end of the call unless another `party` is given.
   */
  start(call: Call, plan: StreamPlan, party?: StreamParty): Promise<RunningStream | undefined>;
}
