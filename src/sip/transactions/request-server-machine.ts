import { type Machine, step } from '../machine.ts';
import type { ServerAction, ServerEvent } from './invite-server-machine.ts';

/**
 * Server transaction of every request but INVITE (RFC 3261 §17.2.2). `request` is a copy of the request; a transport error leaves
 * the state as it is (RFC 6026 §8.8). The machine terminates itself by timer F's length when the user of it never answers.
 *
 * | state      | event           | next       | actions              |
 * |------------|-----------------|------------|----------------------|
 * | trying     | sendProvisional | proceeding | send                 |
 * | trying     | sendSuccess     | completed  | send, stopF, startJ  |
 * | trying     | sendFailure     | completed  | send, stopF, startJ  |
 * | trying     | timerF          | terminated | reportTimeout        |
 * | proceeding | request         | proceeding | resend               |
 * | proceeding | sendProvisional | proceeding | send                 |
 * | proceeding | sendSuccess     | completed  | send, stopF, startJ  |
 * | proceeding | sendFailure     | completed  | send, stopF, startJ  |
 * | proceeding | timerF          | terminated | reportTimeout        |
 * | proceeding | transportError  | proceeding | reportTransportError |
 * | completed  | request         | completed  | resend               |
 * | completed  | timerJ          | terminated |                      |
 * | completed  | transportError  | completed  | reportTransportError |
 *
 * Every other event changes nothing.
 */
export type RequestServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export const requestServerMachine: Machine<RequestServerState, ServerEvent, ServerAction> = {
  trying: {
    sendProvisional: step('proceeding', 'send'),
    sendSuccess: step('completed', 'send', 'stopF', 'startJ'),
    sendFailure: step('completed', 'send', 'stopF', 'startJ'),
    timerF: step('terminated', 'reportTimeout'),
  },
  proceeding: {
    request: step('proceeding', 'resend'),
    sendProvisional: step('proceeding', 'send'),
    sendSuccess: step('completed', 'send', 'stopF', 'startJ'),
    sendFailure: step('completed', 'send', 'stopF', 'startJ'),
    timerF: step('terminated', 'reportTimeout'),
    transportError: step('proceeding', 'reportTransportError'),
  },
  completed: {
    request: step('completed', 'resend'),
    timerJ: step('terminated'),
    transportError: step('completed', 'reportTransportError'),
  },
  terminated: {},
};
