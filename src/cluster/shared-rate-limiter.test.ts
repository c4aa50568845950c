import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { SlidingWindows } from './rate-limiter.ts';
import { SharedRateLimiter, type SharedWindows } from './shared-rate-limiter.ts';

const WINDOW_MS = 5_000;

/** What nodes share: windows that count, and are away when a test says so. */
class Elsewhere implements SharedWindows {
  #windows: SlidingWindows;
  readonly #clock: VirtualClock;
  away = false;
  asked = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#windows = new SlidingWindows(clock);
  }

  async take(key: string, limit: number, windowMs: number) {
    this.asked++;
    if (this.away) throw new Error('connection refused');
    return this.#windows.take(key, limit, windowMs);
  }

  forget(): void {
    this.#windows = new SlidingWindows(this.#clock);
  }
}

function nodes(count: number, log = silentLog) {
  const clock = new VirtualClock();
  const elsewhere = new Elsewhere(clock);
  const limiters = Array.from({ length: count }, () => new SharedRateLimiter(elsewhere, clock, log));
  /** How many of `tries` each node lets pass, asked in turn. */
  const passed = async (tries: number, limit: number, of = limiters) => {
    const counts = of.map(() => 0);
    for (let n = 0; n < tries; n++) {
      for (const [index, limiter] of of.entries()) {
        if ((await limiter.take('account', limit, WINDOW_MS)).allowed) counts[index] = (counts[index] ?? 0) + 1;
      }
    }
    return counts;
  };
  return { clock, elsewhere, limiters, passed };
}

test('the limit holds over all nodes together', async () => {
  const { clock, passed } = nodes(2);
  assert.deepEqual(await passed(10, 6), [3, 3]);
  await clock.advance(WINDOW_MS);
  assert.deepEqual(await passed(10, 6), [3, 3]);
});

test('a request of one node is refused because of those of another, and told when there is room', async () => {
  const { clock, limiters } = nodes(2);
  await limiters[0]?.take('account', 1, WINDOW_MS);
  await clock.advance(2_000);
  assert.deepEqual(await limiters[1]?.take('account', 1, WINDOW_MS), { allowed: false, retryAfterMs: 3_000 });
});

test('without the shared windows each node holds the limit by itself, counting what it has let pass before', async () => {
  const { elsewhere, limiters, passed } = nodes(2);
  assert.deepEqual(await passed(2, 6), [2, 2]);
  elsewhere.away = true;
  assert.deepEqual(await passed(10, 6), [4, 4]);
  assert.deepEqual(
    limiters.map(({ state }) => state),
    ['away', 'away'],
  );
});

test('shared windows that come back empty let no node pass more than the limit', async () => {
  const { clock, elsewhere, passed } = nodes(1);
  assert.deepEqual(await passed(10, 6), [6]);
  elsewhere.away = true;
  elsewhere.forget();
  await passed(1, 6);
  elsewhere.away = false;
  await clock.advance(1_000);
  assert.deepEqual(await passed(10, 6), [0]);
});

test('while they are away one request a second asks them, and warning and all-clear are told once', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const { clock, elsewhere, limiters, passed } = nodes(1, log);
  elsewhere.away = true;
  await passed(100, 1_000);
  assert.equal(elsewhere.asked, 1);
  await clock.advance(1_000);
  await passed(100, 1_000);
  assert.equal(elsewhere.asked, 2);
  elsewhere.away = false;
  await clock.advance(1_000);
  await passed(100, 1_000);
  assert.equal(elsewhere.asked, 102);
  assert.equal(limiters[0]?.state, 'up');
  assert.deepEqual(
    lines.map((line) => [JSON.parse(line).level, JSON.parse(line).reason]),
    [
      [40, 'connection refused'],
      [30, undefined],
    ],
  );
});
