import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../testkit/silent-log.ts';
import { VirtualClock } from '../testkit/virtual-clock.ts';
import { Maintenance } from './maintenance.ts';

test('each chore has its own pace, never runs twice at a time, and goes on after a failure', async () => {
  const clock = new VirtualClock();
  const maintenance = new Maintenance(clock, silentLog);
  const runs = { quick: 0, slow: 0, failing: 0 };
  let release: () => void = () => undefined;
  maintenance.start([
    { name: 'quick', everyMs: 10, run: async () => void runs.quick++ },
    {
      name: 'slow',
      everyMs: 10,
      run: () => {
        runs.slow++;
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
    },
    {
      name: 'failing',
      everyMs: 25,
      run: async () => {
        runs.failing++;
        throw new Error('away');
      },
    },
  ]);
  for (let step = 0; step < 20; step++) await clock.advance(5);
  assert.deepEqual(runs, { quick: 10, slow: 1, failing: 4 });
  let stopped = false;
  const stop = maintenance.stop().then(() => {
    stopped = true;
  });
  await clock.advance(100);
  assert.equal(stopped, false, 'what runs is waited for');
  release();
  await stop;
  await clock.advance(100);
  assert.deepEqual(runs, { quick: 10, slow: 1, failing: 4 });
  assert.equal(clock.pending, 0);
});
