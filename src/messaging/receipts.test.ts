import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import type { CarrierReceipt } from '../carriers/carrier.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.submits.length = 0;
  rig.lab.script = () => rig.lab.accept();
});

const url = () => rig.hooks.url('/status');
const sent = async (body: Record<string, unknown> = {}) => {
  const id = await rig.sendOne({ url: url(), ...body });
  await rig.reaches(id, 'sent');
  return id;
};
const told = async (id: string, count: number) => {
  await rig.until(() => rig.callbacks(id).length >= count);
  await rig.pass(200, 20);
  return rig.statuses(id);
};
const receiptsOf = (id: string) => rig.query('select part, state from receipts where message_id = $1 order by received_at', [id]);
const orphans = async () => (await rig.query('select from orphan_receipts')).length;

describe('a receipt', () => {
  it('says undelivered with the carrier’s error, which record and callback repeat', async () => {
    const id = await sent();
    await rig.lab.receipt(id, 'undelivered', { errorCode: '80' });
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 undelivered']);
    assert.equal(rig.callbacks(id)[2]?.params.ErrorCode, '80');
    assert.equal(await rig.stateOf(id), 'undelivered 80');
    assert.notEqual((await rig.tenant.get(`Message/${id}/`)).body.total_amount, '0.00000', 'sent is charged');
  });

  it('that is repeated changes nothing and stands in the timeline', async () => {
    const id = await sent();
    for (let count = 0; count < 3; count++) await rig.lab.receipt(id, 'delivered');
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 delivered']);
    assert.equal((await rig.timeline(id)).filter(({ event }) => event === 'receipt').length, 3);
  });

  it('that contradicts the first final one changes nothing', async () => {
    const id = await sent();
    await rig.lab.receipt(id, 'undelivered');
    await rig.lab.receipt(id, 'delivered');
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 undelivered']);
    assert.equal(await rig.stateOf(id), 'undelivered 80');
  });

  it('on the way is noted alone', async () => {
    const id = await sent();
    await rig.lab.receipt(id, 'intermediate', { errorCode: '000' });
    assert.equal(await rig.stateOf(id), 'sent');
    assert.deepEqual(await receiptsOf(id), [{ part: 0, state: 'intermediate' }]);
  });

  it('of reading counts for WhatsApp, also when delivery was not reported', async () => {
    await rig.addNumber('14155550115');
    const id = await sent({ type: 'whatsapp', src: '14155550115', text: 'Hi' });
    await rig.lab.receipt(id, 'read');
    assert.deepEqual(await told(id, 4), ['1 queued', '2 sent', '3 delivered', '4 read']);
    const sms = await sent();
    await rig.lab.receipt(sms, 'read');
    assert.equal(await rig.stateOf(sms), 'sent');
  });
});

describe('a receipt that comes before the submit response is recorded', () => {
  it('waits for it, and the callbacks are in order', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    rig.lab.script = async () => {
      await answered;
      return rig.lab.accept('early-1');
    };
    const id = await rig.sendOne({ url: url() });
    await rig.until(() => rig.lab.submits.length === 1);
    await rig.lab.receipt(id, 'delivered', { carrierMessageId: 'early-1' });
    assert.equal(await rig.stateOf(id), 'queued');
    assert.equal(await orphans(), 1);
    answer();
    await rig.reaches(id, 'delivered');
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 delivered']);
    assert.equal(await orphans(), 0);
  });

  it('and was taken by another node is found by the sweep', async () => {
    const id = await sent();
    const [row] = await rig.query<{ id: string }>('select carrier_message_id as id from attempts where message_id = $1', [id]);
    const receipt: CarrierReceipt = {
      carrier: 'lab',
      link: 'lab#1',
      carrierMessageId: row?.id ?? '',
      state: 'delivered',
      errorCode: '000',
      detail: 'stat:DELIVRD',
      receivedAt: rig.clock.now(),
    };
    await rig.query(
      `insert into orphan_receipts (carrier, carrier_message_id, received_at, receipt) values ('lab', $1, to_timestamp($2::float8 / 1000), $3)`,
      [receipt.carrierMessageId, receipt.receivedAt, JSON.stringify(receipt)],
    );
    await rig.until(async () => (await rig.stateOf(id)) === 'delivered', undefined, 100);
  });
});

describe('a receipt for a message nobody knows', () => {
  it('is kept for three days, then dropped', async () => {
    await rig.lab.receipt('nobody', 'delivered', { carrierMessageId: 'foreign' });
    assert.equal(await orphans(), 1);
    await rig.query(`update orphan_receipts set received_at = received_at - interval '2 days 23 hours'`);
    await rig.pass(10_500, 500);
    assert.equal(await orphans(), 1);
    await rig.query(`update orphan_receipts set received_at = received_at - interval '2 hours'`);
    await rig.until(async () => (await orphans()) === 0, undefined, 500);
  });

  it('or for one sent more than a week ago', async () => {
    const id = await sent();
    await rig.lab.receipt(id, 'delivered', { receivedAt: rig.clock.now() + 8 * 24 * 3_600_000 });
    assert.equal(await rig.stateOf(id), 'sent');
    assert.equal(await orphans(), 1);
    await rig.query('delete from orphan_receipts');
  });

  it('or with words that cannot be stored costs nobody else anything', async () => {
    const id = await sent();
    await Promise.all([
      rig.lab.receipt('nobody', 'delivered', { carrierMessageId: 'a\u0000b', detail: '\ud83d' }),
      rig.lab.receipt(id, 'delivered', { detail: 'stat:\u0000' }),
    ]);
    assert.equal(await rig.stateOf(id), 'delivered');
    await rig.query('delete from orphan_receipts');
  });
});

describe('a carrier that comes round to the same id', () => {
  it('means the newest message that has it', async () => {
    rig.lab.script = () => rig.lab.accept('again');
    const older = await sent();
    await rig.clock.advance(1_000);
    const newer = await sent();
    await rig.lab.receipt(newer, 'undelivered');
    assert.deepEqual([await rig.stateOf(older), await rig.stateOf(newer)], ['sent', 'undelivered 80']);
    assert.deepEqual(await receiptsOf(older), []);
  });
});

describe('a message of several parts', () => {
  const long = { text: 'x'.repeat(400) };

  it('is delivered when the last part is, in whatever order they report', async () => {
    const id = await sent(long);
    await rig.lab.receipt(id, 'delivered', { part: 2 });
    await rig.lab.receipt(id, 'delivered', { part: 0 });
    await rig.lab.receipt(id, 'delivered', { part: 0 });
    assert.equal(await rig.stateOf(id), 'sent');
    await rig.lab.receipt(id, 'delivered', { part: 1 });
    assert.equal(await rig.stateOf(id), 'delivered');
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 delivered']);
  });

  it('is undelivered as soon as one part is', async () => {
    const id = await sent(long);
    await rig.lab.receipt(id, 'delivered', { part: 0 });
    await rig.lab.receipt(id, 'undelivered', { part: 1, errorCode: '50' });
    assert.equal(await rig.stateOf(id), 'undelivered 50');
    await rig.lab.receipt(id, 'delivered', { part: 2 });
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 undelivered']);
  });

  it('is judged right when all parts report in one moment', async () => {
    const id = await sent(long);
    await Promise.all([0, 1, 2].map((part) => rig.lab.receipt(id, 'delivered', { part })));
    assert.equal(await rig.stateOf(id), 'delivered');
  });

  it('under one carrier id for all parts is delivered by one receipt', async () => {
    rig.lab.script = () => rig.lab.accept('payload-1');
    const id = await sent(long);
    await rig.lab.receipt(id, 'delivered');
    assert.equal(await rig.stateOf(id), 'delivered');
  });

  it('that is lost in part while the rest still waits is charged once and submitted to its end', async () => {
    let throttle = true;
    rig.lab.script = (_, part) =>
      part === 2 && throttle ? { kind: 'throttled', retryAfterMs: 2_000, reason: 'slow down' } : rig.lab.accept();
    const id = await rig.sendOne({ ...long, url: url() });
    await rig.until(async () => (await rig.query('select from attempts where message_id = $1', [id])).length === 3);
    await rig.lab.receipt(id, 'undelivered', { part: 0 });
    assert.equal(await rig.stateOf(id), 'undelivered 80');
    throttle = false;
    await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
    assert.deepEqual(await told(id, 3), ['1 queued', '2 sent', '3 undelivered']);
    assert.equal((await rig.query('select from outbox where message_id = $1', [id])).length, 0);
  });
});

it('the timeline tells it all, in order', async () => {
  const id = await sent();
  await rig.lab.receipt(id, 'delivered');
  await told(id, 3);
  const lines = await rig.timeline(id);
  assert.equal(lines[0]?.event, 'accepted');
  const events = new Set(lines.map(({ event }) => event));
  assert.deepEqual([...events].sort(), ['accepted', 'attempt', 'receipt', 'state', 'webhook', 'webhook_attempt']);
  assert.deepEqual(
    lines.map(({ at }) => at),
    [...lines.map(({ at }) => at)].sort(),
  );
  assert.equal(JSON.stringify(lines).includes('Hello'), false, 'the text is nobody’s business here');
  assert.deepEqual(
    [OWN, PHONE].every((number) => JSON.stringify(lines).includes(number)),
    true,
  );
});
