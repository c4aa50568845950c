import { type Machine, step } from '../machine.ts';
import type { ClientAction, ClientEvent } from './invite-client-machine.ts';

/**
 * Client transaction of every request but INVITE (RFC 3261 §17.1.2). The request is sent, and timers E and F started, on creation.
 * After a provisional response timer E always waits T2.
 *
 * | state      | event          | next       | actions                       |
 * |------------|----------------|------------|-------------------------------|
 * | trying     | timerE         | trying     | send, startE                  |
 * | trying     | timerF         | terminated | stopE, reportTimeout          |
 * | trying     | transportError | terminated | reportTransportError          |
 * | trying     | provisional    | proceeding | deliver                       |
 * | trying     | success        | completed  | stopE, stopF, deliver, startK |
 * | trying     | failure        | completed  | stopE, stopF, deliver, startK |
 * | proceeding | timerE         | proceeding | send, startE                  |
 * | proceeding | timerF         | terminated | stopE, reportTimeout          |
 * | proceeding | transportError | terminated | reportTransportError          |
 * | proceeding | provisional    | proceeding | deliver                       |
 * | proceeding | success        | completed  | stopE, stopF, deliver, startK |
 * | proceeding | failure        | completed  | stopE, stopF, deliver, startK |
 * | completed  | timerK         | terminated |                               |
 *
 * Every other event changes nothing.
 */
export type RequestClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export const requestClientMachine: Machine<RequestClientState, ClientEvent, ClientAction> = {
  trying: {
    timerE: step('trying', 'send', 'startE'),
    timerF: step('terminated', 'stopE', 'reportTimeout'),
    transportError: step('terminated', 'reportTransportError'),
    provisional: step('proceeding', 'deliver'),
    success: step('completed', 'stopE', 'stopF', 'deliver', 'startK'),
    failure: step('completed', 'stopE', 'stopF', 'deliver', 'startK'),
  },
  proceeding: {
    timerE: step('proceeding', 'send', 'startE'),
    timerF: step('terminated', 'stopE', 'reportTimeout'),
    transportError: step('terminated', 'reportTransportError'),
    provisional: step('proceeding', 'deliver'),
    success: step('completed', 'stopE', 'stopF', 'deliver', 'startK'),
    failure: step('completed', 'stopE', 'stopF', 'deliver', 'startK'),
  },
  completed: {
    timerK: step('terminated'),
  },
  terminated: {},
};
