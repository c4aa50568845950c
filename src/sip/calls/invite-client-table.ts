import { type Machine, step } from '../machine.ts';

/**
 * An outgoing call up to its answer (RFC 3261 §9.1, §13.2, §15.1.1). Pure: `invite-client.ts` performs the actions. A call that was
 * cancelled and answered at the same moment is acknowledged and hung up; so is every answer of a fork after the first.
 *
 * | state         | event          | next          | actions                       |
 * |---------------|----------------|---------------|-------------------------------|
 * | calling       | provisional    | proceeding    | reportProgress                |
 * | calling       | success        | answered      | ack, reportAnswer             |
 * | calling       | failure        | ended         | reportFailure                 |
 * | calling       | timeout        | ended         | reportTimeout                 |
 * | calling       | transportError | ended         | reportTransportError          |
 * | calling       | cancel         | cancelWaiting | startCancelTimer              |
 * | proceeding    | provisional    | proceeding    | reportProgress                |
 * | proceeding    | success        | answered      | ack, reportAnswer             |
 * | proceeding    | failure        | ended         | reportFailure                 |
 * | proceeding    | timeout        | ended         | reportTimeout                 |
 * | proceeding    | transportError | ended         | reportTransportError          |
 * | proceeding    | cancel         | cancelling    | sendCancel, startCancelTimer  |
 * | cancelWaiting | provisional    | cancelling    | sendCancel, startCancelTimer  |
 * | cancelWaiting | success        | ended         | ackAndBye, reportCancelled    |
 * | cancelWaiting | failure        | ended         | reportCancelled               |
 * | cancelWaiting | timeout        | ended         | reportCancelled               |
 * | cancelWaiting | transportError | ended         | reportCancelled               |
 * | cancelWaiting | cancelTimeout  | ended         | abandon, reportCancelled      |
 * | cancelling    | success        | ended         | ackAndBye, reportCancelled    |
 * | cancelling    | failure        | ended         | reportCancelled               |
 * | cancelling    | timeout        | ended         | reportCancelled               |
 * | cancelling    | transportError | ended         | reportCancelled               |
 * | cancelling    | cancelTimeout  | ended         | abandon, reportCancelled      |
 * | answered      | success        | answered      | ackAndBye                     |
 * | ended         | success        | ended         | ackAndBye                     |
 *
 * Every other event changes nothing.
 */
export type CallerState = 'calling' | 'proceeding' | 'cancelWaiting' | 'cancelling' | 'answered' | 'ended';
export type CallerEvent = 'provisional' | 'success' | 'failure' | 'timeout' | 'transportError' | 'cancel' | 'cancelTimeout';
export type CallerAction =
  | 'reportProgress'
  | 'ack'
  | 'reportAnswer'
  | 'reportFailure'
  | 'reportTimeout'
  | 'reportTransportError'
  | 'reportCancelled'
  | 'sendCancel'
  | 'startCancelTimer'
  | 'ackAndBye'
  /** Forget the transaction: the callee never answered the CANCEL. */
  | 'abandon';

export const inviteClientTable: Machine<CallerState, CallerEvent, CallerAction> = {
  calling: {
    provisional: step('proceeding', 'reportProgress'),
    success: step('answered', 'ack', 'reportAnswer'),
    failure: step('ended', 'reportFailure'),
    timeout: step('ended', 'reportTimeout'),
    transportError: step('ended', 'reportTransportError'),
    cancel: step('cancelWaiting', 'startCancelTimer'),
  },
  proceeding: {
    provisional: step('proceeding', 'reportProgress'),
    success: step('answered', 'ack', 'reportAnswer'),
    failure: step('ended', 'reportFailure'),
    timeout: step('ended', 'reportTimeout'),
    transportError: step('ended', 'reportTransportError'),
    cancel: step('cancelling', 'sendCancel', 'startCancelTimer'),
  },
  cancelWaiting: {
    provisional: step('cancelling', 'sendCancel', 'startCancelTimer'),
    success: step('ended', 'ackAndBye', 'reportCancelled'),
    failure: step('ended', 'reportCancelled'),
    timeout: step('ended', 'reportCancelled'),
    transportError: step('ended', 'reportCancelled'),
    cancelTimeout: step('ended', 'abandon', 'reportCancelled'),
  },
  cancelling: {
    success: step('ended', 'ackAndBye', 'reportCancelled'),
    failure: step('ended', 'reportCancelled'),
    timeout: step('ended', 'reportCancelled'),
    transportError: step('ended', 'reportCancelled'),
    cancelTimeout: step('ended', 'abandon', 'reportCancelled'),
  },
  answered: {
    success: step('answered', 'ackAndBye'),
  },
  ended: {
    success: step('ended', 'ackAndBye'),
  },
};
