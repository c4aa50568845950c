import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createTenant } from '../../testkit/api-client.ts';
import { MessagingRig, OWN } from '../../testkit/messaging-rig.ts';
import { ScriptedCarrier } from '../../testkit/scripted-carrier.ts';
import type { PartOutcome } from '../carriers/carrier.ts';
import { Router } from './router.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start({ queueLimits: { capacity: 200, capacityPerAccount: 100 } });
});
after(() => rig.close());
afterEach(async () => {
  await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
  rig.lab.submits.length = 0;
  rig.lab.script = () => rig.lab.accept();
  rig.lab.window = 100;
  rig.lab.become('up');
  rig.route([rig.lab]);
});

const throttled: PartOutcome = { kind: 'throttled', retryAfterMs: 200, reason: 'ESME_RTHROTTLED' };
const unanswered: PartOutcome = { kind: 'unanswered', reason: 'no answer within 10 s' };
const refused = (errorCode: string): PartOutcome => ({ kind: 'rejected', errorCode, reason: 'ESME_RSUBMITFAIL' });
const texts = () => rig.lab.submits.map(({ text }) => text);
const attemptsOf = (id: string) =>
  rig.query('select attempt, part, carrier, outcome, error_code, cost_micros from attempts where message_id = $1 order by 1, 2', [
    id,
  ]);

async function sendInOrder(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await rig.sendOne({ text: String(index) }));
  return ids;
}

const numbers = (count: number, from = 14155550200) => Array.from({ length: count }, (_, index) => String(from + index));

describe('order', () => {
  it('of a sender is kept when a carrier throttles', async () => {
    rig.lab.window = 3;
    let asked = 0;
    rig.lab.script = () => (++asked === 2 || asked === 3 || asked === 4 ? throttled : rig.lab.accept());
    rig.lab.become('down');
    const ids = await sendInOrder(12);
    rig.lab.become('up');
    for (const id of ids) await rig.reaches(id, 'sent');
    const accepted = await rig.query<{ text: string }>(
      `select m.text from attempts a join messages m on m.id = a.message_id where a.outcome = 'accepted' and m.id = any($1)
       order by a.submitted_at, m.id`,
      [ids],
    );
    assert.equal(accepted.length, 12);
    const last = new Map(texts().map((text, index) => [text, index]));
    const order = [...last].sort((a, b) => a[1] - b[1]).map(([text]) => Number(text));
    // What was with the carrier at the same time as a throttled one may have been taken before it; nothing else may.
    for (const [index, text] of order.entries()) assert.ok(Math.abs(text - index) < 3, order.join(' '));
  });

  it('is kept when a link drops everything it had', async () => {
    rig.lab.window = 5;
    let asked = 0;
    rig.lab.script = () => (++asked <= 5 ? { kind: 'unsent', reason: 'link down' } : rig.lab.accept());
    rig.lab.become('down');
    const ids = await sendInOrder(10);
    rig.lab.become('up');
    for (const id of ids) await rig.reaches(id, 'sent');
    assert.deepEqual(
      texts().slice(5),
      ids.map((_, index) => String(index)),
    );
    assert.equal((await attemptsOf(ids[0] ?? '')).length, 1, 'what never left leaves no trace');
  });
});

describe('failover', () => {
  it('moves to the next carrier on its codes, and keeps both attempts with their cost', async () => {
    const second = new ScriptedCarrier(rig.clock, { name: 'second' });
    rig.route([rig.lab, second], {}, 1200);
    rig.lab.script = () => refused('20');
    const id = await rig.sendOne();
    await rig.reaches(id, 'sent');
    assert.deepEqual(await attemptsOf(id), [
      { attempt: 1, part: 0, carrier: 'lab', outcome: 'rejected', error_code: '20', cost_micros: 0 },
      { attempt: 2, part: 0, carrier: 'second', outcome: 'accepted', error_code: null, cost_micros: 1200 },
    ]);
  });

  it('still moves when the carrier that refused went down meanwhile', async () => {
    const second = new ScriptedCarrier(rig.clock, { name: 'second' });
    rig.route([rig.lab, second]);
    rig.lab.script = () => {
      rig.lab.become('down');
      return refused('20');
    };
    const id = await rig.sendOne();
    await rig.reaches(id, 'sent');
    assert.equal(second.submits.length, 1);
  });

  it('ends with another code, and with the last carrier', async () => {
    const second = new ScriptedCarrier(rig.clock, { name: 'second' });
    rig.route([rig.lab, second]);
    rig.lab.script = () => refused('50');
    const barred = await rig.sendOne();
    await rig.reaches(barred, 'failed 50');
    rig.lab.script = () => refused('20');
    second.script = () => refused('1000');
    const exhausted = await rig.sendOne();
    await rig.reaches(exhausted, 'failed 1000');
    assert.equal((await attemptsOf(exhausted)).length, 2);
  });

  it('waits five seconds for a carrier that went down, and not for one that has failed for good', async () => {
    const second = new ScriptedCarrier(rig.clock, { name: 'second' });
    rig.route([rig.lab, second]);
    rig.lab.become('down');
    const waiting = await rig.sendOne();
    await rig.pass(4_500);
    assert.equal(second.submits.length, 0);
    await rig.reaches(waiting, 'sent');
    assert.equal(second.submits.length, 1);
    rig.lab.become('failed');
    rig.route([rig.lab, second]);
    const before = rig.clock.now();
    await rig.reaches(await rig.sendOne(), 'sent');
    assert.ok(rig.clock.now() - before < 2_000);
    assert.equal(rig.lab.submits.length, 0);
  });

  it('a number’s messages to a place whose carrier is down do not hold up those to other places', async () => {
    const british = new ScriptedCarrier(rig.clock, { name: 'british' });
    rig.route([rig.lab]);
    const route = { service: 'sms', priority: 0, failoverCodes: [] } as const;
    rig.messaging.carriers.replace({
      carriers: [rig.lab, british],
      router: new Router([
        { ...route, prefix: '', carriers: ['lab'] },
        { ...route, prefix: '44', carriers: ['british'] },
      ]),
      costOf: () => 0,
    });
    british.start(rig.messaging.events);
    british.become('down');
    const held = await rig.send({ dst: '447400900001<447400900002' });
    const id = await rig.sendOne();
    await rig.reaches(id, 'sent');
    assert.equal(british.submits.length, 0);
    british.become('up');
    for (const one of held) await rig.reaches(one, 'sent');
    assert.deepEqual(british.destinations, ['447400900001', '447400900002']);
  });
});

describe('an unanswered submit', () => {
  it('is made again, and the timeline shows that the message may be double', async () => {
    let asked = 0;
    rig.lab.script = () => (++asked === 1 ? unanswered : rig.lab.accept());
    const id = await rig.sendOne();
    await rig.reaches(id, 'sent');
    const attempts = (await rig.timeline(id)).filter(({ event }) => event === 'attempt');
    assert.deepEqual(
      attempts.map(({ detail }) => [detail.attempt, detail.outcome]),
      [
        [1, 'unanswered'],
        [2, 'accepted'],
      ],
    );
  });

  it('of a long message is made again for the parts without an answer only', async () => {
    let failed = false;
    rig.lab.script = (_, part) => {
      if (part !== 1 || failed) return rig.lab.accept();
      failed = true;
      return throttled;
    };
    const id = await rig.sendOne({ text: 'x'.repeat(400) });
    await rig.reaches(id, 'sent');
    assert.deepEqual(
      rig.lab.submits.map(({ pendingParts, attempt, concatReference }) => [pendingParts, attempt, concatReference]),
      [
        [[0, 1, 2], 1, rig.lab.submits[0]?.concatReference],
        [[1], 2, rig.lab.submits[0]?.concatReference],
      ],
    );
  });
});

describe('carriers that are replaced while messages wait', () => {
  it('hand over what waits to their successor', async () => {
    rig.lab.window = 0;
    const ids = await sendInOrder(5);
    await rig.pass(200, 20);
    assert.equal(rig.lab.submits.length, 0);
    const successor = new ScriptedCarrier(rig.clock, { name: 'lab' });
    rig.route([successor]);
    rig.messaging.dispatcher.wake();
    for (const id of ids) await rig.reaches(id, 'sent');
    assert.deepEqual(
      successor.submits.map(({ text }) => text),
      ['0', '1', '2', '3', '4'],
    );
  });

  it('give back what waits when they are gone from the configuration', async () => {
    rig.lab.window = 0;
    const ids = await sendInOrder(5);
    await rig.pass(200, 20);
    const other = new ScriptedCarrier(rig.clock, { name: 'other' });
    rig.route([other]);
    rig.messaging.dispatcher.wake();
    for (const id of ids) await rig.reaches(id, 'sent');
    assert.equal(other.submits.length, 5);
  });
});

describe('more messages than memory takes', () => {
  it('all go, each once, in order', async () => {
    rig.lab.window = 0;
    const ids = [...(await rig.send({ dst: numbers(450).join('<') })), ...(await sendInOrder(30))];
    assert.ok(rig.messaging.dispatcher.inHand.size <= 100);
    rig.lab.window = 20;
    rig.lab.changed();
    await rig.until(() => rig.lab.submits.length >= ids.length);
    await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
    assert.deepEqual(
      rig.lab.submits.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(await rig.query('select from outbox'), []);
  });
});

describe('time that runs out', () => {
  it('fails messages with 420, in memory and in the table', async () => {
    rig.lab.become('down');
    const ids = await rig.send({ dst: numbers(150).join('<'), message_expiry: 5 });
    await rig.pass(4_000);
    assert.equal(await rig.stateOf(ids[149] ?? ''), 'queued');
    for (const id of ids) await rig.reaches(id, 'failed 420');
    rig.lab.become('up');
    await rig.until(async () => (await rig.query('select from outbox')).length === 0);
    assert.equal(rig.lab.submits.length, 0);
  });

  it('of a backlog leaves no queue of the dead for those that come after', async () => {
    await rig.addNumber('14155550109', { account_id: rig.tenant.authId });
    await rig.setSettings({ senderRates: { long_code: 1 } });
    const ids = await rig.send({ src: '14155550109', dst: numbers(60).join('<'), message_expiry: 5 });
    await rig.reaches(ids[59] ?? '', 'failed 420');
    const before = rig.clock.now();
    await rig.reaches(await rig.sendOne({ src: '14155550109' }), 'sent');
    assert.ok(rig.clock.now() - before < 3_000);
    await rig.setSettings({ senderRates: null });
    await rig.pass(2_000);
  });
});

describe('throughput', () => {
  it('of an account is shared by its senders, that of a sender is its own', async () => {
    await rig.addNumber('14155550108', { account_id: rig.tenant.authId });
    const spent = async () => {
      const began = rig.clock.now();
      await rig.send({ dst: numbers(4).join('<') });
      await rig.send({ src: '14155550108', dst: numbers(4).join('<') });
      const before = rig.lab.submits.length;
      await rig.until(() => rig.lab.submits.length === before + 8 || rig.messaging.dispatcher.inHand.size === 0);
      await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
      return rig.clock.now() - began;
    };
    await rig.setSettings({ messagesPerSecond: 2 });
    const together = await spent();
    assert.ok(together >= 2_900 && together < 4_500, `${together} ms for 8 at 2 a second with a burst of 2`);
    await rig.setSettings({ messagesPerSecond: 0, senderRates: { long_code: 2 } });
    await rig.pass(3_000);
    const each = await spent();
    assert.ok(each >= 900 && each < 2_500, `${each} ms for two senders with 4 each at 2 a second`);
    await rig.setSettings({ senderRates: null });
    await rig.pass(2_000);
  });
});

describe('a disabled account', () => {
  it('sends no more of what is queued: it fails with 910', async () => {
    await rig.setSettings({ messagesPerSecond: 1 });
    const ids = await rig.send({ dst: numbers(8).join('<') });
    await rig.until(() => rig.lab.submits.length === 1);
    await rig.query('update accounts set enabled = false where auth_id = $1', [rig.tenant.authId]);
    for (const id of ids.slice(5)) await rig.reaches(id, 'failed 910');
    assert.ok(rig.lab.submits.length < 5);
    await rig.query('update accounts set enabled = true where auth_id = $1', [rig.tenant.authId]);
    await rig.setSettings({ messagesPerSecond: 0 });
    await rig.pass(6_000);
  });
});

describe('a slow carrier', () => {
  it('takes the messages of two accounts in turns, whoever came first', async () => {
    const slow = new ScriptedCarrier(rig.clock, { name: 'slow', window: 0 });
    rig.route([slow]);
    const other = await createTenant(rig.fixture, 'Other');
    await rig.addNumber('14155550101', { account_id: other.authId });
    await rig.send({ dst: numbers(90).join('<') });
    await rig.pass(100, 10);
    await rig.send({ src: '14155550101', dst: numbers(20).join('<') }, other);
    slow.window = 1;
    slow.changed();
    await rig.until(() => slow.submits.length === 110);
    const places = slow.submits.flatMap(({ src }, index) => (src === '14155550101' ? [index] : []));
    assert.ok((places[0] ?? 99) <= 20, `the first one came at place ${places[0]}`);
    assert.ok((places[19] ?? 99) <= 60, `the last one came at place ${places[19]}`);
  });
});

describe('at the end', () => {
  it('nothing is left in hand and no timer but the periodic ones', async () => {
    const id = await rig.sendOne({ src: OWN });
    await rig.reaches(id, 'sent');
    await rig.pass(3_000);
    assert.equal(rig.messaging.dispatcher.inHand.size, 0);
    assert.equal(rig.messaging.dispatcher.submitting, 0);
    assert.ok(rig.clock.pending <= 12, `${rig.clock.pending} timers`);
  });
});
