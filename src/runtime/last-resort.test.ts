import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { endAtLast, LEFT_OVER_MS } from './last-resort.ts';

function rig(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: string[] = [];
  const exits: number[] = [];
  return {
    lines,
    exits,
    log: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    process: { resources: () => ['TCPSocketWrap'], exit: (status: number) => void exits.push(status) },
  };
}

test('a stop that never ends is ended with status 1, and the log says what it waited for', (t) => {
  const { lines, exits, log, process } = rig(t);
  endAtLast(new Promise(() => undefined), { ms: 25_000, waitingFor: () => 'records of calls', log }, process);
  t.mock.timers.tick(24_999);
  assert.deepEqual(exits, []);
  t.mock.timers.tick(1);
  assert.deepEqual(exits, [1]);
  assert.match(lines.join(''), /"step":"records of calls".*TCPSocketWrap/);
});

test('what keeps the process alive after its stop is named, and the status stays 0', async (t) => {
  const { lines, exits, log, process } = rig(t);
  endAtLast(Promise.resolve(), { ms: 25_000, waitingFor: () => undefined, log }, process);
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(LEFT_OVER_MS);
  assert.deepEqual(exits, [0]);
  assert.match(lines.join(''), /TCPSocketWrap/);
  t.mock.timers.tick(25_000);
  assert.deepEqual(exits, [0]);
});
