import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type RateLimit, unlimited } from '../runtime/token-bucket.ts';
import { FairQueue } from './fair-queue.ts';

interface Item {
  readonly account: string;
  readonly sender: string;
  readonly cost: number;
  readonly id: number;
  ended?: boolean;
}

function queueOf(limits: { account?: RateLimit; sender?: RateLimit; capacity?: number; capacityPerAccount?: number } = {}) {
  return new FairQueue<Item>({
    capacity: limits.capacity ?? 10_000,
    capacityPerAccount: limits.capacityPerAccount ?? 10_000,
    accountLimit: () => limits.account ?? unlimited,
    senderLimit: () => limits.sender ?? unlimited,
    isBefore: (one, other) => one.id < other.id,
    hasEnded: (message) => message.ended === true,
  });
}

let nextId = 0;
const item = (account: string, sender = `${account}1`, cost = 1): Item => ({ account, sender, cost, id: nextId++ });

/** Takes everything, moving time to where the queue says; answers what came and when. */
function drain(queue: FairQueue<Item>, from = 0): { item: Item; at: number }[] {
  const taken: { item: Item; at: number }[] = [];
  let now = from;
  for (let step = 0; step < 100_000; step++) {
    const next = queue.take(now);
    if (next.kind === 'empty') return taken;
    if (next.kind === 'message') taken.push({ item: next.message, at: now });
    else {
      assert.ok(next.until > now, 'waiting gets somewhere');
      assert.ok(Number.isFinite(next.until), 'every wait has an end');
      now = next.until;
    }
  }
  throw new Error('the queue did not drain');
}

const senders = ['a1', 'a2', 'b1', 'b2', 'c1'] as const;
const load = fc.array(fc.record({ sender: fc.constantFrom(...senders), cost: fc.integer({ min: 1, max: 11 }) }), {
  maxLength: 120,
});
const limit = fc.oneof(
  fc.constant(unlimited),
  fc.record({ ratePerSecond: fc.constantFrom(0.25, 1, 3, 7.5, 100), burst: fc.integer({ min: 1, max: 5 }) }),
);

describe('turns', () => {
  it('go round the accounts, however much one of them has waiting', () => {
    const queue = queueOf();
    for (let count = 0; count < 100; count++) queue.push(item('big'));
    for (let count = 0; count < 3; count++) queue.push(item('small'));
    const order = drain(queue).map(({ item: { account } }) => account);
    assert.deepEqual(order.slice(0, 6), ['big', 'small', 'big', 'small', 'big', 'small']);
    assert.equal(order.length, 103);
  });

  it('go round the senders inside an account', () => {
    const queue = queueOf();
    for (let count = 0; count < 3; count++) queue.push(item('a', 'a1'));
    for (let count = 0; count < 3; count++) queue.push(item('a', 'a2'));
    assert.deepEqual(
      drain(queue).map(({ item: { sender } }) => sender),
      ['a1', 'a2', 'a1', 'a2', 'a1', 'a2'],
    );
  });

  it('are counted in parts, so that long texts take no larger share', () => {
    const queue = queueOf();
    for (let count = 0; count < 50; count++) queue.push(item('long', 'l', 10));
    for (let count = 0; count < 500; count++) queue.push(item('short', 's', 1));
    const parts = { long: 0, short: 0 };
    for (let takes = 0; takes < 330; takes++) {
      const next = queue.take(0);
      assert.ok(next.kind === 'message');
      parts[next.message.account === 'long' ? 'long' : 'short'] += next.message.cost;
    }
    assert.ok(Math.abs(parts.long - parts.short) <= 10, JSON.stringify(parts));
  });

  it('give every account with messages its equal share of parts, over any load', () => {
    const costs = fc.array(fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 30, maxLength: 30 }), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(costs, (accounts) => {
        const queue = queueOf();
        accounts.forEach((list, index) => {
          for (const cost of list) queue.push(item(`account${index}`, `sender${index}`, cost));
        });
        const served = new Map(accounts.map((_, index) => [`account${index}`, 0]));
        const left = new Map(accounts.map((list, index) => [`account${index}`, list.length]));
        while (![...left.values()].includes(0)) {
          const next = queue.take(0);
          assert.ok(next.kind === 'message');
          const { account, cost } = next.message;
          served.set(account, (served.get(account) ?? 0) + cost);
          left.set(account, (left.get(account) ?? 0) - 1);
          assert.ok(Math.max(...served.values()) - Math.min(...served.values()) <= 11 + 1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('order', () => {
  it('of a sender is kept and nothing is lost, under any limits', () => {
    fc.assert(
      fc.property(load, limit, limit, (messages, account, sender) => {
        const queue = queueOf({ account, sender });
        const pushed = messages.map(({ sender: name, cost }) => item(name.slice(0, 1), name, cost));
        for (const message of pushed) assert.equal(queue.push(message), true);
        const taken = drain(queue).map((one) => one.item);
        assert.equal(taken.length, pushed.length);
        for (const name of senders) {
          const of = (list: readonly Item[]) => list.filter((one) => one.sender === name).map((one) => one.id);
          assert.deepEqual(of(taken), of(pushed));
        }
      }),
    );
  });

  it('is kept when a message could not be handed over and comes back', () => {
    fc.assert(
      fc.property(load, limit, limit, fc.infiniteStream(fc.nat(5)), (messages, account, sender, dice) => {
        const queue = queueOf({ account, sender });
        const pushed = messages.map(({ sender: name, cost }) => item(name.slice(0, 1), name, cost));
        for (const message of pushed) queue.push(message);
        const gone: Item[] = [];
        let now = 0;
        for (let step = 0; step < 10_000 && gone.length < pushed.length; step++) {
          const next = queue.take(now);
          if (next.kind === 'wait') now = next.until;
          else if (next.kind === 'message') {
            if (step < 500 && dice.next().value === 0) queue.putBack(next.message, now + 50);
            else gone.push(next.message);
          }
        }
        assert.equal(queue.size, 0);
        for (const name of senders) {
          const of = (list: readonly Item[]) => list.filter((one) => one.sender === name).map((one) => one.id);
          assert.deepEqual(of(gone), of(pushed));
        }
      }),
    );
  });

  it('of a sender holds while its first message waits to be tried again, others go on', () => {
    const queue = queueOf();
    queue.push(item('a', 'a1'));
    queue.push(item('a', 'a1'));
    queue.push(item('a', 'a2'));
    const first = queue.take(0);
    assert.ok(first.kind === 'message');
    queue.putBack(first.message, 1000);
    const second = queue.take(0);
    assert.ok(second.kind === 'message' && second.message.sender === 'a2');
    assert.deepEqual(queue.take(0), { kind: 'wait', until: 1000 });
    const again = queue.take(1000);
    assert.ok(again.kind === 'message' && again.message === first.message);
  });
});

describe('limits', () => {
  it('of a sender hold back that sender only', () => {
    const queue = queueOf({ sender: { ratePerSecond: 1, burst: 1 } });
    for (let count = 0; count < 3; count++) queue.push(item('a', 'a1'));
    queue.push(item('a', 'a2'));
    const times = drain(queue).map(({ item: { sender }, at }) => `${sender} ${Math.round(at)}`);
    assert.deepEqual(times, ['a1 0', 'a2 0', 'a1 1000', 'a1 2000']);
  });

  it('of an account hold for all its senders together', () => {
    const queue = queueOf({ account: { ratePerSecond: 5, burst: 1 } });
    for (const sender of ['a1', 'a2', 'a3']) queue.push(item('a', sender));
    queue.push(item('b'));
    const times = drain(queue).map(({ item: { account }, at }) => `${account} ${Math.round(at)}`);
    assert.deepEqual(times, ['a 0', 'b 0', 'a 200', 'a 400']);
  });

  it('are kept over every stretch of time, with messages arriving meanwhile', () => {
    const arrivals = fc.array(fc.record({ gap: fc.nat(500), sender: fc.constantFrom(...senders) }), { maxLength: 100 });
    const rate = { ratePerSecond: 3, burst: 2 };
    fc.assert(
      fc.property(arrivals, (list) => {
        const queue = queueOf({ sender: rate });
        const times = new Map<string, number[]>();
        let now = 0;
        for (const { gap, sender } of list) {
          now += gap;
          queue.push(item(sender.slice(0, 1), sender));
          for (let next = queue.take(now); next.kind === 'message'; next = queue.take(now)) {
            times.set(next.message.sender, [...(times.get(next.message.sender) ?? []), now]);
          }
        }
        for (const { item: one, at } of drain(queue, now)) times.set(one.sender, [...(times.get(one.sender) ?? []), at]);
        for (const taken of times.values()) {
          taken.forEach((from, index) => {
            const stretch = (taken.at(-1) ?? 0) - from;
            assert.ok(taken.length - index <= rate.burst + (rate.ratePerSecond * stretch) / 1000 + 0.001);
          });
        }
      }),
    );
  });

  it('survive an empty queue: a sender that comes back at once finds its bucket as it left it', () => {
    const queue = queueOf({ sender: { ratePerSecond: 1, burst: 1 } });
    queue.push(item('a'));
    assert.equal(queue.take(0).kind, 'message');
    queue.push(item('a'));
    assert.equal(queue.take(500).kind, 'wait');
    assert.equal(queue.take(1000).kind, 'message');
  });

  it('never make a message wait that may go', () => {
    fc.assert(
      fc.property(load, (messages) => {
        const rate = { ratePerSecond: 2, burst: 1 };
        const queue = queueOf({ sender: rate });
        for (const { sender, cost } of messages) queue.push(item(sender.slice(0, 1), sender, cost));
        const last = new Map<string, number>();
        for (const { item: one, at } of drain(queue)) {
          const before = last.get(one.sender);
          assert.ok(at - (before === undefined ? 0 : before + 500) < 0.01, `${one.sender} at ${at}`);
          last.set(one.sender, at);
        }
      }),
    );
  });
});

describe('coming back', () => {
  const takeOne = (queue: FairQueue<Item>, now = 0): Item => {
    const taken = queue.take(now);
    assert.ok(taken.kind === 'message');
    return taken.message;
  };

  it('keeps the order of several messages in whatever order they come', () => {
    const queue = queueOf();
    for (let count = 0; count < 6; count++) queue.push(item('a'));
    const [first, second, third, fourth] = [takeOne(queue), takeOne(queue), takeOne(queue), takeOne(queue)];
    for (const message of [second, fourth, first, third]) queue.putBack(message, 10);
    const ids = drain(queue, 10).map(({ item: { id } }) => id);
    assert.deepEqual(
      ids,
      [0, 1, 2, 3, 4, 5].map((offset) => first.id + offset),
    );
  });

  it('can be hurried when what was missing is there, but only the wait that was meant', () => {
    const queue = queueOf();
    queue.push(item('a'));
    const message = takeOne(queue);
    queue.putBack(message, 1000);
    assert.deepEqual(queue.take(0), { kind: 'wait', until: 1000 });
    queue.hurry(message, 999);
    assert.deepEqual(queue.take(0), { kind: 'wait', until: 1000 });
    queue.hurry(message, 1000);
    assert.equal(takeOne(queue).id, message.id);
    queue.hurry(message, 1000);
    assert.equal(queue.take(0).kind, 'empty');
  });

  it('of messages that have ended meanwhile takes no token and no place', () => {
    const queue = queueOf({ sender: { ratePerSecond: 1, burst: 1 }, capacity: 5 });
    const messages = Array.from({ length: 5 }, () => item('a'));
    for (const message of messages) queue.push(message);
    for (const message of messages.slice(0, 4)) message.ended = true;
    assert.equal(takeOne(queue).id, messages[4]?.id);
    assert.equal(queue.room('a'), 5);
  });

  it('leaves nothing when all of a sender have ended', () => {
    const queue = queueOf();
    const message = item('a');
    queue.push(message);
    message.ended = true;
    assert.equal(queue.take(0).kind, 'empty');
    assert.equal(queue.tracked, 0);
  });
});

describe('bounds', () => {
  it('refuse a message beyond the capacity, and take again when one has gone', () => {
    const queue = queueOf({ capacity: 3, capacityPerAccount: 2 });
    assert.equal(queue.push(item('a')), true);
    assert.equal(queue.push(item('a')), true);
    assert.equal(queue.room('a'), 0);
    assert.equal(queue.push(item('a')), false);
    assert.equal(queue.push(item('b')), true);
    assert.equal(queue.room('c'), 0);
    assert.equal(queue.push(item('c')), false);
    queue.take(0);
    assert.equal(queue.room('c'), 1);
  });

  it('let a message come back to a queue that has filled up meanwhile', () => {
    const queue = queueOf({ capacity: 1, capacityPerAccount: 1 });
    queue.push(item('a'));
    const taken = queue.take(0);
    assert.ok(taken.kind === 'message');
    queue.push(item('b'));
    queue.putBack(taken.message, 0);
    assert.equal(queue.size, 2);
    assert.equal(drain(queue).length, 2);
  });

  it('leave nothing behind: senders and accounts are forgotten when their buckets are full again', () => {
    fc.assert(
      fc.property(load, limit, limit, (messages, account, sender) => {
        const queue = queueOf({ account, sender });
        for (const { sender: name, cost } of messages) queue.push(item(name.slice(0, 1), name, cost));
        drain(queue);
        queue.take(1e12);
        assert.equal(queue.size, 0);
        assert.equal(queue.tracked, 0);
      }),
    );
  });

  it('say empty when there is nothing', () => {
    assert.deepEqual(queueOf().take(0), { kind: 'empty' });
  });
});
