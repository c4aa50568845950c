import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createSubtenant } from '../../testkit/api-client.ts';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import { OPERATOR_TOKEN } from '../../testkit/plivo-fixture.ts';
import { OutcomeStore } from './outcome-store.ts';

/** Of a message to the US at the built-in prices: rate and fee. */
const MESSAGE = 8_500;
const SUB_NUMBER = '14155550188';

let rig: MessagingRig;
let sub: ApiClient;
before(async () => {
  rig = await MessagingRig.start();
  sub = await createSubtenant(rig.fixture, rig.tenant, 'Sub');
  await rig.addNumber(SUB_NUMBER, { subaccount_id: sub.authId });
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.script = () => rig.lab.accept();
});

const spent = async (scope: string) => {
  const rows = await rig.query<{ micros: number }>(
    'select coalesce(sum(amount_micros), 0)::int8 as micros from spend where scope_id = $1',
    [scope],
  );
  return rows[0]?.micros ?? 0;
};
const balance = async () =>
  (
    await rig.query<{ micros: number }>('select balance_micros as micros from accounts where auth_id = $1', [rig.tenant.authId])
  )[0]?.micros ?? 0;
const operator = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
  const reply = await rig.fixture.http.inject({
    method,
    url: `/ringdown/v1/accounts/${path}`,
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    ...(payload && { payload }),
  });
  return { status: reply.statusCode, body: reply.json() };
};

describe('what messages cost', () => {
  it('is in the sums of the day and taken from the balance when a carrier has them, inbound ones when they come; failed ones cost nothing', async () => {
    const before = await balance();
    const id = await rig.sendOne({ src: SUB_NUMBER }, sub);
    await rig.reaches(id, 'sent');
    rig.lab.script = () => ({ kind: 'rejected', errorCode: '50', reason: 'no such number' });
    await rig.reaches(await rig.sendOne(), 'failed 50');
    assert.deepEqual([await spent(rig.tenant.authId), await spent(sub.authId)], [MESSAGE, MESSAGE]);
    assert.equal(before - (await balance()), MESSAGE);
  });

  it('is charged once when two nodes have sent the same message', async () => {
    const before = await balance();
    const release = Promise.withResolvers<void>();
    rig.lab.script = async () => {
      await release.promise;
      return rig.lab.accept();
    };
    const id = await rig.sendOne();
    await rig.until(() => rig.lab.submits.length > 0);
    // The other node was quicker: it took the queue row away and charged.
    const other = { kind: 'sent', messageId: id, attempts: [], cause: 'by another node', chargeMicros: MESSAGE } as const;

    const store = new OutcomeStore(rig.fixture.database.storage.hot, { write: async () => () => undefined }, () => undefined);
    await store.write([{ ...other, service: 'sms', ownerId: rig.tenant.authId, at: rig.clock.now() }]);
    release.resolve();
    await rig.pass(100);
    assert.equal(before - (await balance()), MESSAGE);
  });
});

describe('a spend limit', () => {
  it('of a subaccount fails its messages with 900 and refuses its Sends, while the account goes on; a higher one lifts that', async () => {
    const used = await spent(sub.authId);
    const limit = ((used + MESSAGE) / 1_000_000).toFixed(5);
    assert.equal((await operator('PUT', `${sub.authId}/limits`, { per_day: limit })).status, 200);
    await rig.pass(11_000, 1_000);
    await rig.reaches(await rig.sendOne({ src: SUB_NUMBER }, sub), 'sent');
    await rig.reaches(await rig.sendOne({ src: SUB_NUMBER }, sub), 'failed 900');
    const refused = await sub.post('Message/', { src: SUB_NUMBER, dst: PHONE, text: 'Hello' });
    assert.deepEqual([refused.status, refused.body.error], [402, 'Insufficient Credit']);
    await rig.reaches(await rig.sendOne({ src: OWN }), 'sent');
    const raised = await operator('PUT', `${sub.authId}/limits`, { per_month: '100' });
    assert.deepEqual([raised.body.limits.per_day, raised.body.limits.per_month], [null, '100.00000']);
    await rig.pass(3_000);
    await rig.reaches(await rig.sendOne({ src: SUB_NUMBER }, sub), 'sent');
  });

  it('of a postpaid account holds for all its subaccounts together', async () => {
    const used = await spent(rig.tenant.authId);
    await operator('PUT', `${rig.tenant.authId}/limits`, { per_day: ((used + MESSAGE) / 1_000_000).toFixed(5) });
    await rig.pass(11_000, 1_000);
    await rig.reaches(await rig.sendOne({ src: SUB_NUMBER }, sub), 'sent');
    await rig.reaches(await rig.sendOne(), 'failed 900');
    assert.equal((await rig.tenant.post('Message/', { src: OWN, dst: PHONE, text: 'Hello' })).status, 402);
    assert.equal((await sub.post('Message/', { src: SUB_NUMBER, dst: PHONE, text: 'Hello' })).status, 402);
    await operator('PUT', `${rig.tenant.authId}/limits`, {});
  });
});

describe('the operator', () => {
  it('sees balance and sums, grants credit once for each key, and is told what is wrong', async () => {
    const { authId } = rig.tenant;
    const before = await balance();
    for (let time = 0; time < 2; time++)
      assert.equal((await operator('POST', `${authId}/credits`, { amount: '2.50', key: 'a' })).status, 201);
    assert.equal((await balance()) - before, 2_500_000);
    const { body } = await operator('GET', `${authId}/billing`);
    assert.equal(body.balance, ((await balance()) / 1_000_000).toFixed(5));
    assert.equal(body.spent.by_kind[0].kind, 'sms');
    assert.deepEqual((await operator('GET', `${authId}/ledger`)).body.entries[0].amount, '-2.50000');
    const wrong = [
      ['POST', `${authId}/credits`, { amount: 'much' }, 400],
      ['POST', `${authId}/credits`, {}, 400],
      ['POST', `${sub.authId}/credits`, { amount: '1' }, 404],
      ['PUT', `${authId}/limits`, { per_day: '-1' }, 400],
      ['PUT', `${authId}/limits`, { alert_percents: [0] }, 400],
      ['PUT', `${authId}/limits`, { alert_percents: 80 }, 400],
      ['PUT', `${authId}/limits`, { alert_url: 'ftp://x' }, 400],
      ['PUT', `${authId}/limits`, { alert_url: 'http://[' }, 400],
      ['PUT', 'MANOBODY000000000001/limits', {}, 404],
      ['GET', 'MANOBODY000000000001/billing', undefined, 404],
      ['GET', `${authId}/ledger?limit=x`, undefined, 400],
    ] as const;
    for (const [method, path, payload, status] of wrong)
      assert.equal((await operator(method, path, payload)).status, status, `${method} ${path}`);
  });

  it('sets what is recharged by itself, which holds until it is set anew, and is shown', async () => {
    const { authId } = rig.tenant;
    const recharge = { below: '10', add: '25.5', per_month: '60' };
    const set = await operator('PUT', `${authId}/limits`, { recharge });
    assert.deepEqual(
      [set.status, set.body.limits.recharge],
      [200, { below: '10.00000', add: '25.50000', per_month: '60.00000' }],
    );
    assert.equal((await rig.tenant.get('')).body.auto_recharge, true);
    await rig.query('update accounts set balance_micros = 9000000 where auth_id = $1', [authId]);
    for (let time = 0; time < 4; time++) {
      await rig.fixture.ringdown.chores.find(({ name }) => name === 'spend alerts')?.run();
      if (time < 2) assert.equal(await balance(), 34_500_000, 'granted');
      else assert.equal(await balance(), 9_000_000, 'the month’s is used up');
      await rig.query('update accounts set balance_micros = 9000000 where auth_id = $1', [authId]);
    }
    assert.equal((await operator('PUT', `${authId}/limits`, { per_day: '1000' })).body.limits.recharge, null);
    assert.equal((await rig.tenant.get('')).body.auto_recharge, false);
    await operator('PUT', `${authId}/limits`, {});
    const wrong = [
      [authId, { below: '10', add: '25' }, /^recharge.per_month parameter is missing/],
      [authId, { below: 'x', add: '25', per_month: '60' }, /^recharge.below parameter is invalid/],
      [authId, { below: '10', add: '0', per_month: '60' }, /^recharge.add parameter is invalid/],
      [sub.authId, recharge, /^recharge parameter is invalid: a subaccount/],
    ] as const;
    for (const [who, given, error] of wrong) {
      const { status, body } = await operator('PUT', `${who}/limits`, { recharge: given });
      assert.equal(status, 400);
      assert.match(String(body.error), error);
    }
  });
});
