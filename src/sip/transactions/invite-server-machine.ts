import { type Machine, step } from '../machine.ts';
import type { TimerAction, TimerEvent } from './transaction-machine.ts';

/**
 * INVITE server transaction (RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1). The stack answers 100 at once on creation.
 * `request` is a copy of the INVITE; a transport error leaves the state as it is (RFC 6026 §8.8).
 *
 * | state      | event           | next       | actions                  |
 * |------------|-----------------|------------|--------------------------|
 * | proceeding | request         | proceeding | resend                   |
 * | proceeding | sendProvisional | proceeding | send                     |
 * | proceeding | sendSuccess     | accepted   | send, startL             |
 * | proceeding | sendFailure     | completed  | send, startG, startH     |
 * | proceeding | transportError  | proceeding | reportTransportError     |
 * | accepted   | sendSuccess     | accepted   | send                     |
 * | accepted   | ack             | accepted   | deliverAck               |
 * | accepted   | timerL          | terminated |                          |
 * | accepted   | transportError  | accepted   | reportTransportError     |
 * | completed  | request         | completed  | resend                   |
 * | completed  | timerG          | completed  | resend, startG           |
 * | completed  | timerH          | terminated | stopG, reportTimeout     |
 * | completed  | ack             | confirmed  | stopG, stopH, startI     |
 * | completed  | transportError  | completed  | reportTransportError     |
 * | confirmed  | timerI          | terminated |                          |
 *
 * Every other event changes nothing.
 */
export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
export type ServerEvent = TimerEvent | 'request' | 'ack' | 'sendProvisional' | 'sendSuccess' | 'sendFailure' | 'transportError';
export type ServerAction = TimerAction | 'send' | 'resend' | 'deliverAck' | 'reportTimeout' | 'reportTransportError';

export const inviteServerMachine: Machine<InviteServerState, ServerEvent, ServerAction> = {
  proceeding: {
    request: step('proceeding', 'resend'),
    sendProvisional: step('proceeding', 'send'),
    sendSuccess: step('accepted', 'send', 'startL'),
    sendFailure: step('completed', 'send', 'startG', 'startH'),
    transportError: step('proceeding', 'reportTransportError'),
  },
  accepted: {
    sendSuccess: step('accepted', 'send'),
    ack: step('accepted', 'deliverAck'),
    timerL: step('terminated'),
    transportError: step('accepted', 'reportTransportError'),
  },
  completed: {
    request: step('completed', 'resend'),
    timerG: step('completed', 'resend', 'startG'),
    timerH: step('terminated', 'stopG', 'reportTimeout'),
    ack: step('confirmed', 'stopG', 'stopH', 'startI'),
    transportError: step('completed', 'reportTransportError'),
  },
  confirmed: {
    timerI: step('terminated'),
  },
  terminated: {},
};
