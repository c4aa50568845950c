import { type Machine, step } from '../machine.ts';
import type { TimerAction, TimerEvent } from './transaction-machine.ts';

/**
 * INVITE client transaction (RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2). The request is sent, and timers A and B
 * started, on creation.
 *
 * | state      | event          | next       | actions                             |
 * |------------|----------------|------------|-------------------------------------|
 * | calling    | timerA         | calling    | send, startA                        |
 * | calling    | timerB         | terminated | reportTimeout                       |
 * | calling    | transportError | terminated | reportTransportError                |
 * | calling    | provisional    | proceeding | stopA, stopB, deliver               |
 * | calling    | success        | accepted   | stopA, stopB, deliver, startM       |
 * | calling    | failure        | completed  | stopA, stopB, sendAck, deliver, startD |
 * | proceeding | provisional    | proceeding | deliver                             |
 * | proceeding | success        | accepted   | deliver, startM                     |
 * | proceeding | failure        | completed  | sendAck, deliver, startD            |
 * | proceeding | transportError | terminated | reportTransportError                |
 * | accepted   | success        | accepted   | deliver                             |
 * | accepted   | timerM         | terminated |                                     |
 * | completed  | failure        | completed  | sendAck                             |
 * | completed  | timerD         | terminated |                                     |
 *
 * Every other event changes nothing.
 */
export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
export type ClientEvent = TimerEvent | 'provisional' | 'success' | 'failure' | 'transportError';
export type ClientAction = TimerAction | 'send' | 'sendAck' | 'deliver' | 'reportTimeout' | 'reportTransportError';

export const inviteClientMachine: Machine<InviteClientState, ClientEvent, ClientAction> = {
  calling: {
    timerA: step('calling', 'send', 'startA'),
    timerB: step('terminated', 'reportTimeout'),
    transportError: step('terminated', 'reportTransportError'),
    provisional: step('proceeding', 'stopA', 'stopB', 'deliver'),
    success: step('accepted', 'stopA', 'stopB', 'deliver', 'startM'),
    failure: step('completed', 'stopA', 'stopB', 'sendAck', 'deliver', 'startD'),
  },
  proceeding: {
    provisional: step('proceeding', 'deliver'),
    success: step('accepted', 'deliver', 'startM'),
    failure: step('completed', 'sendAck', 'deliver', 'startD'),
    transportError: step('terminated', 'reportTransportError'),
  },
  accepted: {
    success: step('accepted', 'deliver'),
    timerM: step('terminated'),
  },
  completed: {
    failure: step('completed', 'sendAck'),
    timerD: step('terminated'),
  },
  terminated: {},
};
