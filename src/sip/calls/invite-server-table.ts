import { type Machine, step } from '../machine.ts';

/**
 * An incoming call up to its ACK (RFC 3261 §9.2, §13.3, §15; RFC 3262 §3). Pure: `invite-server.ts` performs the actions.
 * `acceptHeld` is an accept while a reliable provisional response with a session description awaits its PRACK: the 2xx must wait.
 *
 * | state    | event       | next      | actions                                |
 * |----------|-------------|-----------|----------------------------------------|
 * | ringing  | progress    | ringing   | sendProvisional                        |
 * | ringing  | accept      | accepted  | sendSuccess, startAckWait              |
 * | ringing  | acceptHeld  | held      |                                        |
 * | ringing  | reject      | ended     | sendFailure                            |
 * | ringing  | cancel      | ended     | sendTerminated, reportCancelled        |
 * | ringing  | bye         | ended     | sendTerminated, reportCancelled        |
 * | ringing  | prackLost   | ended     | sendPrackLost, reportCancelled         |
 * | ringing  | abandoned   | ended     | sendAbandoned, reportCancelled         |
 * | held     | pracked     | accepted  | sendSuccess, startAckWait              |
 * | held     | reject      | ended     | sendFailure                            |
 * | held     | cancel      | ended     | sendTerminated, reportCancelled        |
 * | held     | bye         | ended     | sendTerminated, reportCancelled        |
 * | held     | prackLost   | ended     | sendPrackLost, reportCancelled         |
 * | accepted | ack         | confirmed | stopAckWait, confirm                   |
 * | accepted | bye         | ended     | stopAckWait, reportBye                 |
 * | accepted | ackLost     | ended     | stopAckWait, sendBye                   |
 *
 * Every other event changes nothing.
 */
export type CalleeState = 'ringing' | 'held' | 'accepted' | 'confirmed' | 'ended';
export type CalleeEvent =
  | 'progress'
  | 'accept'
  | 'acceptHeld'
  | 'reject'
  | 'cancel'
  | 'bye'
  | 'pracked'
  | 'prackLost'
  | 'abandoned'
  | 'ack'
  | 'ackLost';
export type CalleeAction =
  | 'sendProvisional'
  | 'sendSuccess'
  | 'sendFailure'
  /** 487 */
  | 'sendTerminated'
  /** 504: the peer never acknowledged a reliable provisional response. */
  | 'sendPrackLost'
  /** 480: nobody decided about the call for too long. */
  | 'sendAbandoned'
  | 'startAckWait'
  | 'stopAckWait'
  | 'confirm'
  | 'sendBye'
  | 'reportBye'
  | 'reportCancelled';

export const inviteServerTable: Machine<CalleeState, CalleeEvent, CalleeAction> = {
  ringing: {
    progress: step('ringing', 'sendProvisional'),
    accept: step('accepted', 'sendSuccess', 'startAckWait'),
    acceptHeld: step('held'),
    reject: step('ended', 'sendFailure'),
    cancel: step('ended', 'sendTerminated', 'reportCancelled'),
    bye: step('ended', 'sendTerminated', 'reportCancelled'),
    prackLost: step('ended', 'sendPrackLost', 'reportCancelled'),
    abandoned: step('ended', 'sendAbandoned', 'reportCancelled'),
  },
  held: {
    pracked: step('accepted', 'sendSuccess', 'startAckWait'),
    reject: step('ended', 'sendFailure'),
    cancel: step('ended', 'sendTerminated', 'reportCancelled'),
    bye: step('ended', 'sendTerminated', 'reportCancelled'),
    prackLost: step('ended', 'sendPrackLost', 'reportCancelled'),
  },
  accepted: {
    ack: step('confirmed', 'stopAckWait', 'confirm'),
    bye: step('ended', 'stopAckWait', 'reportBye'),
    ackLost: step('ended', 'stopAckWait', 'sendBye'),
  },
  confirmed: {},
  ended: {},
};
