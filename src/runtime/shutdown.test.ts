import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Shutdown, stopInOrder } from './shutdown.ts';

const never = () => new Promise<never>(() => undefined);

test('what was started last is stopped first, and of steps added together the first', async () => {
  const clock = new VirtualClock();
  const shutdown = new Shutdown({ clock, log: silentLog });
  const stopped: string[] = [];
  const step = (name: string) => ({ name, mostMs: 1_000, run: () => stopped.push(name) });
  shutdown.add(step('database'));
  shutdown.add(step('door'), step('calls'));
  await shutdown.run();
  assert.deepEqual(stopped, ['door', 'calls', 'database']);
});

test('a step that fails, and one that never ends, hold up none of those behind them', async () => {
  const clock = new VirtualClock();
  const stopped: string[] = [];
  const done = stopInOrder(
    [
      { name: 'fails', mostMs: 1_000, run: () => Promise.reject(new Error('the database is away')) },
      { name: 'throws', mostMs: 1_000, run: () => assert.fail('at once') },
      { name: 'hangs', mostMs: 1_000, run: never },
      { name: 'last', mostMs: 1_000, run: () => stopped.push('last') },
    ],
    0,
    { clock, log: silentLog },
  );
  await clock.advance(999);
  assert.deepEqual(stopped, []);
  await clock.advance(1);
  await done;
  assert.deepEqual(stopped, ['last']);
});

test('after two late steps the rest is hurried', async () => {
  const clock = new VirtualClock();
  const began = clock.monotonic();
  const steps = ['a', 'b', 'c', 'd'].map((name) => ({ name, mostMs: 2_000, run: never }));
  const done = stopInOrder(steps, 0, { clock, log: silentLog });
  for (let passed = 0; passed < 5_000; passed += 500) await clock.advance(500);
  await done;
  assert.equal(clock.monotonic() - began, 5_000);
});

test('graceful steps share one grace period', async () => {
  const clock = new VirtualClock();
  const shutdown = new Shutdown({ clock, log: silentLog });
  const graces: number[] = [];
  const graceful = (name: string) => ({
    name,
    mostMs: 1_000,
    graceful: true,
    run: (graceMs: number) => {
      graces.push(graceMs);
      return never();
    },
  });
  shutdown.allow(10_000);
  shutdown.add(graceful('calls'), graceful('webhooks'));
  const done = shutdown.run();
  await clock.advance(10_999);
  assert.equal(shutdown.waitingFor, 'calls');
  await clock.advance(1);
  assert.equal(shutdown.waitingFor, 'webhooks');
  await clock.advance(1_000);
  await done;
  assert.deepEqual(graces, [10_000, 0]);
  assert.equal(shutdown.waitingFor, undefined);
});
