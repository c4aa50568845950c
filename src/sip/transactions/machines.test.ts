import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import type { Machine } from '../machine.ts';
import { type ClientEvent, inviteClientMachine } from './invite-client-machine.ts';
import { inviteServerMachine, type ServerEvent } from './invite-server-machine.ts';
import { requestClientMachine } from './request-client-machine.ts';
import { requestServerMachine } from './request-server-machine.ts';
import { T1, T2, T4, timerMs } from './timers.ts';
import type { TimerEvent } from './transaction-machine.ts';

const timerEvents: readonly TimerEvent[] = [
  'timerA',
  'timerB',
  'timerD',
  'timerE',
  'timerF',
  'timerG',
  'timerH',
  'timerI',
  'timerJ',
  'timerK',
  'timerL',
  'timerM',
];
const clientEvents: readonly ClientEvent[] = [...timerEvents, 'provisional', 'success', 'failure', 'transportError'];
const serverEvents: readonly ServerEvent[] = [
  ...timerEvents,
  'request',
  'ack',
  'sendProvisional',
  'sendSuccess',
  'sendFailure',
  'transportError',
];
const file = (name: string) => new URL(name, import.meta.url);

describe('transaction machines', () => {
  it('do in every state on every event what their tables say', () => {
    assertDocumented(
      file('./invite-client-machine.ts'),
      inviteClientMachine,
      ['calling', 'proceeding', 'accepted', 'completed', 'terminated'],
      clientEvents,
    );
    assertDocumented(
      file('./request-client-machine.ts'),
      requestClientMachine,
      ['trying', 'proceeding', 'completed', 'terminated'],
      clientEvents,
    );
    assertDocumented(
      file('./invite-server-machine.ts'),
      inviteServerMachine,
      ['proceeding', 'accepted', 'completed', 'confirmed', 'terminated'],
      serverEvents,
    );
    assertDocumented(
      file('./request-server-machine.ts'),
      requestServerMachine,
      ['trying', 'proceeding', 'completed', 'terminated'],
      serverEvents,
    );
  });

  it('leave no started timer behind: whatever is started has an event that ends it', () => {
    const check = <S extends string, E extends string>(machine: Machine<S, E, string>, events: readonly E[]) => {
      const handled = new Set<string>();
      const started = new Set<string>();
      for (const row of Object.values<Readonly<Partial<Record<E, { actions: readonly string[] }>>>>(machine)) {
        for (const event of events) {
          const entry = row[event];
          if (entry === undefined) continue;
          handled.add(event);
          for (const action of entry.actions) if (action.startsWith('start')) started.add(action.replace('start', 'timer'));
        }
      }
      for (const timer of started) assert.ok(handled.has(timer), timer);
    };
    check(inviteClientMachine, clientEvents);
    check(requestClientMachine, clientEvents);
    check(inviteServerMachine, serverEvents);
    check(requestServerMachine, serverEvents);
  });
});

describe('transaction timers', () => {
  it('double as RFC 3261 says: A without end, E and G up to T2', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((run) => timerMs('A', false, run)),
      [T1, 2 * T1, 4 * T1, 8 * T1, 16 * T1, 32 * T1],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((run) => timerMs('E', false, run)),
      [T1, 2 * T1, 4 * T1, T2, T2],
    );
    assert.equal(timerMs('E', false, 0, true), T2);
    assert.deepEqual([timerMs('I', false, 0), timerMs('K', false, 0)], [T4, T4]);
  });

  it('do not retransmit over a reliable transport, nor linger for copies', () => {
    for (const name of ['A', 'E', 'G'] as const) assert.equal(timerMs(name, true, 0), undefined);
    for (const name of ['D', 'I', 'J', 'K'] as const) assert.equal(timerMs(name, true, 0), 0);
    for (const name of ['B', 'F', 'H', 'L', 'M'] as const) assert.equal(timerMs(name, true, 0), 64 * T1);
  });
});
