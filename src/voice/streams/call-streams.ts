import type { Call } from '../call.ts';
import type { StreamPlan } from './stream-plan.ts';

export interface RunningStream {
  readonly id: string;
  readonly ended: Promise<void>;
}

/** Streams of calls, as the elements of documents use them. */
export interface CallStreams {
  /** Starts a stream, connecting in the background. Undefined when the call has one already: there is one a call at a time. */
  start(call: Call, plan: StreamPlan): Promise<RunningStream | undefined>;
}
