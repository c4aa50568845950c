import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causeOfSipStatus, hangupCause, hangupCauses } from './hangup-cause.ts';

describe('the cause of a call that a far end refuses', () => {
  const table: readonly (readonly [status: number, code: number, cause: string, source: string])[] = [
    [400, 2000, 'INVALID_NUMBER_FORMAT', 'Carrier'],
    [401, 3040, 'CALL_REJECTED', 'Carrier'],
    [403, 3040, 'CALL_REJECTED', 'Carrier'],
    [404, 3050, 'UNALLOCATED_NUMBER', 'Carrier'],
    [405, 3080, 'NORMAL_TEMPORARY_FAILURE', 'Carrier'],
    [407, 3040, 'CALL_REJECTED', 'Carrier'],
    [408, 3070, 'RECOVERY_ON_TIMER_EXPIRE', 'Carrier'],
    [410, 3050, 'UNALLOCATED_NUMBER', 'Carrier'],
    [415, 2010, 'DESTINATION_OUT_OF_ORDER', 'Carrier'],
    [416, 2000, 'INVALID_NUMBER_FORMAT', 'Carrier'],
    [480, 3000, 'NO_ANSWER', 'Carrier'],
    [482, 2060, 'EXCHANGE_ROUTING_ERROR', 'Carrier'],
    [483, 2060, 'EXCHANGE_ROUTING_ERROR', 'Carrier'],
    [484, 2000, 'INVALID_NUMBER_FORMAT', 'Carrier'],
    [486, 3010, 'USER_BUSY', 'Callee'],
    [487, 1000, 'ORIGINATOR_CANCEL', 'Carrier'],
    [488, 2010, 'DESTINATION_OUT_OF_ORDER', 'Carrier'],
    [500, 3080, 'NORMAL_TEMPORARY_FAILURE', 'Carrier'],
    [502, 3080, 'NORMAL_TEMPORARY_FAILURE', 'Carrier'],
    [503, 3090, 'SWITCH_CONGESTION', 'Carrier'],
    [504, 3070, 'RECOVERY_ON_TIMER_EXPIRE', 'Carrier'],
    [513, 3080, 'NORMAL_TEMPORARY_FAILURE', 'Carrier'],
    [600, 3100, 'USER_BUSY', 'Carrier'],
    [603, 3110, 'CALL_REJECTED', 'Callee'],
    [604, 3120, 'UNALLOCATED_NUMBER', 'Carrier'],
    [606, 3110, 'CALL_REJECTED', 'Callee'],
    [607, 3130, 'CALL_REJECTED', 'Carrier'],
    [608, 3130, 'CALL_REJECTED', 'Carrier'],
  ];
  for (const [status, code, cause, source] of table) {
    test(`by ${status} is ${code} ${cause}, ${source}`, () => {
      assert.deepEqual(causeOfSipStatus(status), { code, cause, source, sipStatus: status });
    });
  }
});

test('a 603 is a blocked call where the network says so, and a declined one with any other phrase', () => {
  assert.deepEqual(
    ['Network Blocked', 'network blocked ', 'Decline', 'Network Blocked by policy', ''].map(
      (phrase) => causeOfSipStatus(603, phrase).code,
    ),
    [3130, 3130, 3110, 3110, 3110],
  );
  assert.equal(causeOfSipStatus(603, 'Network Blocked').source, 'Carrier');
  assert.equal(causeOfSipStatus(403, 'Network Blocked').code, 3040);
});

test('causes without a telephony name of their own are a normal end', () => {
  assert.equal(hangupCause(4010, 'Plivo').cause, 'NORMAL_CLEARING');
  assert.equal(hangupCause(8011, 'Error').cause, 'NORMAL_CLEARING');
  assert.equal(hangupCauses[8011], 'Invalid Answer XML');
});
