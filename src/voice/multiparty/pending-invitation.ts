import type { HangupCause } from '../hangup-cause.ts';

/** Somebody who is being dialled, or taken out of another call, to come into a multiparty call. */
export interface PendingInvitation {
  /** The call that is about to come in, once it is known. */
  readonly comingCallId: string | undefined;
  /** This call was placed for it, dialled or still waiting for its turn. */
  concerns(callId: string): boolean;
  /** The multiparty call has ended, or nobody wants it any more. */
  cancel(cause: HangupCause): void;
}
