import type { HangupCause } from './hangup-cause.ts';
import type { LegFactory } from './leg.ts';

/** The leg of a call that may not be dialled: it ends at once, and its record says why. */
export function refusedLeg(cause: HangupCause): LegFactory {
  return (events) => {
    // Later, because the call that makes the leg is not complete yet.
    queueMicrotask(() => events.ended(cause));
    return {
      media: undefined,
      ring() {},
      async openEarly() {},
      async answer() {},
      hangUp() {},
    };
  };
}
