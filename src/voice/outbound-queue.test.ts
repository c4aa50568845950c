import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { CallPace } from './call-pace.ts';
import { OutboundQueue, type Waiting } from './outbound-queue.ts';

const call = (callId: string, accountId = 'MA1'): Waiting => ({ callId, accountId });

function createQueue(rates: Readonly<Record<string, number>> = {}) {
  const clock = new VirtualClock();
  const begun = clock.now();
  const started: string[] = [];
  const queue = new OutboundQueue<Waiting>({
    clock,
    rateOf: (accountId) => rates[accountId] ?? 2,
    start: ({ callId }) => started.push(`${callId} ${clock.now() - begun}`),
  });
  return { clock, queue, started };
}

describe('the queue of outbound calls', () => {
  test('starts as many as a second allows at once, then one after the other, in order', async () => {
    const { clock, queue, started } = createQueue();
    for (const id of ['a', 'b', 'c', 'd', 'e']) queue.add(call(id));
    await clock.advance(2_000);
    assert.deepEqual(started, ['a 0', 'b 0', 'c 500', 'd 1000', 'e 1500']);
    assert.equal(clock.pending, 0);
  });

  test('lets nobody pass those that wait', async () => {
    const { clock, queue } = createQueue();
    assert.deepEqual([queue.takePlace('MA1'), queue.takePlace('MA1'), queue.takePlace('MA1')], [true, true, false]);
    queue.add(call('a'));
    await clock.advance(499);
    assert.equal(queue.takePlace('MA1'), false);
    await clock.advance(2);
    assert.equal(queue.size, 0);
    await clock.advance(500);
    assert.equal(queue.takePlace('MA1'), true);
  });

  test('paces each account for itself', async () => {
    const { clock, queue, started } = createQueue({ MA2: 10, MA3: 0 });
    for (let nth = 0; nth < 12; nth++) {
      queue.add(call(`1-${nth}`, 'MA1'));
      queue.add(call(`2-${nth}`, 'MA2'));
      queue.add(call(`3-${nth}`, 'MA3'));
    }
    const count = (account: string) => started.filter((id) => id.startsWith(account)).length;
    assert.deepEqual([count('1'), count('2'), count('3')], [2, 10, 12]);
    await clock.advance(200);
    assert.deepEqual([count('1'), count('2'), count('3')], [2, 12, 12]);
    queue.stop();
    assert.equal(clock.pending, 0);
  });

  test('forgets what is removed, and what waits when it stops', async () => {
    const { clock, queue, started } = createQueue();
    for (const id of ['a', 'b', 'c', 'd']) queue.add(call(id));
    assert.deepEqual([queue.remove('c'), queue.remove('c'), queue.remove('a')], [true, false, false]);
    assert.deepEqual(queue.stop(), ['d']);
    queue.add(call('e'));
    await clock.advance(5_000);
    assert.deepEqual(started, ['a 0', 'b 0']);
  });

  test('a lane whose last call is removed ends by itself', async () => {
    const { clock, queue } = createQueue();
    for (const id of ['a', 'b', 'c']) queue.add(call(id));
    queue.remove('c');
    await clock.advance(1_000);
    assert.deepEqual([queue.size, clock.pending], [0, 0]);
  });
});

test('a pace below one a second still lets one call pass, then has everyone wait', async () => {
  const clock = new VirtualClock();
  const pace = new CallPace(clock);
  assert.equal(pace.take('MA1', 0.5), true);
  assert.equal(pace.take('MA1', 0.5), false);
  assert.equal(pace.waitMs('MA1', 0.5), 2_000);
  await clock.advance(2_000);
  assert.deepEqual([pace.available('MA1', 0.5), pace.take('MA1', 0.5)], [1, true]);
});

test('a pace of 0 is none', () => {
  const pace = new CallPace(new VirtualClock());
  for (let call = 0; call < 1_000; call++) assert.equal(pace.take('MA1', 0), true);
  assert.equal(pace.waitMs('MA1', 0), 0);
});
