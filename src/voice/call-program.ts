import type { FlowServices } from './flow-services.ts';
import type { LiveCall } from './live-calls.ts';

/** What a call does in the place of an application's documents: a program of this server, such as the bridge of two masked parties. */
export interface CallProgram {
  /** Runs until the call has ended. What goes wrong ends the call; it never rejects. */
  run(live: LiveCall, services: FlowServices, newId: () => string): Promise<void>;
}
