import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import plivo from 'plivo';
import { createApiClient, createSubtenant } from '../../testkit/api-client.ts';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());
beforeEach(async () => {
  await rig.setSettings({ smsCountries: null, smsThresholds: null, senderDailyCaps: null, smartEncoding: null });
  await rig.query(`update accounts set billing_mode = 'postpaid', credit_lock_until = null where auth_id = $1`, [
    rig.tenant.authId,
  ]);
  rig.lab.become('up');
  rig.lab.submits.length = 0;
  rig.lab.script = () => rig.lab.accept();
});

describe('a message', () => {
  it('goes queued, sent, delivered, and each state is told once, in order, signed', async () => {
    const url = rig.hooks.url('/status?tenant=7');
    const id = await rig.sendOne({ url });
    await rig.reaches(id, 'sent');
    await rig.clock.advance(1000);
    await rig.lab.receipt(id, 'delivered');
    await rig.until(() => rig.callbacks(id).length === 3);
    assert.deepEqual(rig.statuses(id), ['1 queued', '2 sent', '3 delivered']);
    const [queued, sent, delivered] = rig.callbacks(id).map(({ params }) => params);
    assert.deepEqual([queued?.TotalAmount, queued?.SentTime, queued?.DeliveryReportTime], ['0.00000', undefined, undefined]);
    assert.match(sent?.SentTime ?? '', /^2026-01-12 /);
    assert.notEqual(sent?.TotalAmount, '0.00000');
    assert.match(delivered?.DeliveryReportTime ?? '', /^2026-01-12 /);
    for (const { params, headers } of rig.callbacks(id)) {
      assert.deepEqual(
        [params.From, params.To, params.Units, params.Type, params.ErrorCode],
        [OWN, PHONE, '1', 'sms', undefined],
      );
      const nonce = String(headers['x-plivo-signature-v3-nonce']);
      const signature = String(headers['x-plivo-signature-ma-v3']);
      assert.ok(plivo.validateV3Signature('POST', url, nonce, rig.tenant.authToken, signature, { ...params }));
    }
  });

  it('that a carrier refuses fails with its code, costs nothing, and says so', async () => {
    rig.lab.script = () => ({ kind: 'rejected', errorCode: '50', reason: 'ESME_RINVDSTADR' });
    const id = await rig.sendOne({ url: rig.hooks.url('/refused') });
    await rig.reaches(id, 'failed 50');
    await rig.until(() => rig.callbacks(id).length === 2);
    assert.deepEqual(rig.statuses(id), ['1 queued', '2 failed']);
    const failed = rig.callbacks(id)[1]?.params;
    assert.deepEqual([failed?.ErrorCode, failed?.TotalAmount], ['50', '0.00000']);
    const { body } = await rig.tenant.get(`Message/${id}/`);
    assert.deepEqual([body.message_state, body.error_code, body.total_amount], ['failed', '50', '0.00000']);
  });

  it('whose carrier answers with characters that cannot be stored is recorded all the same', async () => {
    rig.lab.script = () => ({ kind: 'accepted', carrierMessageId: 'a\u0000b\ud83d' });
    const ids = [await rig.sendOne(), await rig.sendOne()];
    for (const id of ids) await rig.reaches(id, 'sent');
    await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
  });

  it('is charged once when it is sent', async () => {
    const before = await balance();
    const id = await rig.sendOne({ text: 'x'.repeat(161) });
    await rig.reaches(id, 'sent');
    const { body } = await rig.tenant.get(`Message/${id}/`);
    assert.equal(body.units, 2);
    const charged = Math.round((Number(body.total_amount) + Number(body.carrier_fees)) * 1e6);
    assert.equal(before - (await balance()), charged);
    await rig.lab.receipt(id, 'delivered');
    await rig.lab.receipt(id, 'delivered', { part: 1 });
    assert.equal(before - (await balance()), charged);
  });

  it('with smart encoding has its look-alikes replaced before it is counted', async () => {
    await rig.setSettings({ smartEncoding: true });
    const id = await rig.sendOne({ text: `\u201c${'x'.repeat(150)}\u201d` });
    await rig.reaches(id, 'sent');
    assert.equal(rig.lab.submits[0]?.encoding, 'gsm7');
    assert.equal(rig.lab.submits[0]?.parts.length, 1);
    assert.equal(rig.lab.submits[0]?.text, `"${'x'.repeat(150)}"`);
  });
});

describe('several destinations', () => {
  it('make a message each; what is no number is listed', async () => {
    const { status, body } = await rig.tenant.post('Message/', {
      src: OWN,
      dst: '+1 (415) 555-0123<12x<14155550124<14155550123',
      text: 'Hello',
    });
    assert.equal(status, 202);
    assert.deepEqual(body.invalid_number, ['12x']);
    assert.ok(Array.isArray(body.message_uuid) && body.message_uuid.length === 2);
    for (const id of body.message_uuid) await rig.reaches(String(id), 'sent');
    assert.deepEqual(rig.lab.destinations, ['14155550123', '14155550124']);
  });

  it('are at most 1000, and nothing is stored of more', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => String(14155560000 + index));
    const before = await rig.query('select from messages');
    const { status, body } = await rig.tenant.post('Message/', { src: OWN, dst: many.join('<'), text: 'Hello' });
    assert.deepEqual([status, body.error], [400, 'dst parameter has more than 1000 destinations']);
    assert.equal((await rig.query('select from messages')).length, before.length);
    const ids = await rig.send({ dst: many.slice(1).join('<') });
    assert.equal(new Set(ids).size, 1000);
    await rig.until(() => rig.lab.submits.length === 1000 && rig.messaging.dispatcher.inHand.size === 0);
  });
});

describe('time', () => {
  it('that runs out while no carrier is there fails the message with 420', async () => {
    rig.lab.become('down');
    const ids = await rig.send({ message_expiry: 5, dst: '14155550131<14155550132', url: rig.hooks.url('/late') });
    await rig.pass(4_000);
    for (const id of ids) assert.equal(await rig.stateOf(id), 'queued');
    for (const id of ids) await rig.reaches(id, 'failed 420');
    rig.lab.become('up');
    await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
    for (const id of ids) await rig.until(() => rig.statuses(id).length === 2);
    assert.equal(rig.lab.submits.length, 0);
    assert.deepEqual(await rig.query('select from outbox'), []);
  });
});

describe('permissions', () => {
  it('bar a request whose countries are all barred, and single messages of others', async () => {
    await rig.setSettings({ smsCountries: ['US'] });
    const { status, body } = await rig.tenant.post('Message/', { src: OWN, dst: '447400900001', text: 'Hello' });
    assert.deepEqual([status, body.error_code], [403, 'destination_barred']);
    const [us, gb] = await rig.send({ dst: `${PHONE}<447400900001` });
    await rig.reaches(us ?? '', 'sent');
    await rig.reaches(gb ?? '', 'failed 450');
    assert.deepEqual(rig.lab.destinations, [PHONE]);
  });

  it('stop a country beyond its messages an hour, whether or not countries are listed, and for the rest of the day', async () => {
    for (const [country, prefix, smsCountries] of [
      ['GB', '4474009000', ['US', 'GB']],
      ['FR', '336123456', null],
    ] as const) {
      const geoAlertUrl = rig.hooks.url(`/alert-${country}`);
      await rig.setSettings({ smsCountries, smsThresholds: { [country]: { perHour: 2, policy: 'block' } }, geoAlertUrl });
      const [a, b, c] = await rig.send({ dst: `${prefix}41<${prefix}42<${prefix}43` });
      await rig.reaches(a ?? '', 'sent');
      await rig.reaches(b ?? '', 'sent');
      await rig.reaches(c ?? '', 'failed 451');
      const alerts = () => rig.hooks.received.filter(({ path }) => path === `/alert-${country}`);
      await rig.until(() => alerts().length === 1);
      assert.deepEqual(JSON.parse(alerts()[0]?.body ?? ''), {
        auth_id: rig.tenant.authId,
        destination_country: country,
        block: 'yes',
        alert_type: 'sms_threshold_breach',
        message: `more than 2 messages an hour were sent to ${country}; further messages to it are blocked`,
      });
      await rig.pass(3_600_000, 600_000);
      await rig.reaches(await rig.sendOne({ dst: `${prefix}41` }), 'failed 451');
      await rig.reaches(await rig.sendOne(), 'sent');
    }
  });

  it('hold a sender to its messages a day', async () => {
    await rig.setSettings({ senderDailyCaps: { long_code: 2 } });
    await rig.addNumber('14155550107');
    const [a, b, c] = await rig.send({ src: '14155550107', dst: '14155550141<14155550142<14155550143' });
    await rig.reaches(a ?? '', 'sent');
    await rig.reaches(b ?? '', 'sent');
    await rig.reaches(c ?? '', 'failed 100');
  });
});

describe('credit', () => {
  it('that does not cover a message fails it with 900 and refuses Send for two minutes; a recharge lifts that', async () => {
    await rig.query(`update accounts set billing_mode = 'prepaid', balance_micros = 1 where auth_id = $1`, [rig.tenant.authId]);
    await rig.pass(11_000, 1_000);
    const id = await rig.sendOne();
    await rig.reaches(id, 'failed 900');
    const refused = await rig.tenant.post('Message/', { src: OWN, dst: PHONE, text: 'Hello' });
    assert.deepEqual([refused.status, refused.body.error], [402, 'Insufficient Credit']);
    await rig.pass(119_000, 1_000);
    assert.equal((await rig.tenant.post('Message/', { src: OWN, dst: PHONE, text: 'Hello' })).status, 402);
    await rig.pass(2_000);
    await rig.reaches(await rig.sendOne(), 'failed 900');
    await rig.query('update accounts set balance_micros = 1000000, credit_lock_until = null where auth_id = $1', [
      rig.tenant.authId,
    ]);
    await rig.pass(5_500);
    await rig.reaches(await rig.sendOne(), 'sent');
  });

  it('is asked for once, however often a message has to be tried', async () => {
    await rig.query(`update accounts set billing_mode = 'prepaid', balance_micros = 20000 where auth_id = $1`, [
      rig.tenant.authId,
    ]);
    await rig.pass(6_000);
    let asked = 0;
    rig.lab.script = () => (++asked < 20 ? { kind: 'unsent', reason: 'link down' } : rig.lab.accept());
    await rig.reaches(await rig.sendOne(), 'sent');
  });
});

describe('redaction', () => {
  const NUMBER = '14155550177';
  const TEXT = 'a secret of the customer';

  it('with log=false leaves neither text nor number anywhere, while the carrier gets both in full', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    rig.lab.script = async () => {
      await held;
      return rig.lab.accept();
    };
    const id = await rig.sendOne({ dst: NUMBER, text: TEXT, log: 'false', url: rig.hooks.url('/secret') });
    await rig.until(() => rig.lab.submits.length === 1);
    assert.deepEqual([rig.lab.submits[0]?.dst, rig.lab.submits[0]?.text], [NUMBER, TEXT]);
    release();
    await rig.reaches(id, 'sent');
    await rig.lab.receipt(id, 'delivered');
    await rig.until(() => rig.callbacks(id).length === 3);
    await rig.pass(1_000);
    assert.deepEqual(await rig.placesOf(NUMBER), []);
    assert.deepEqual(await rig.placesOf(TEXT), []);
    for (const { params } of rig.callbacks(id)) assert.equal(params.To, '14155550***');
    const { body } = await rig.tenant.get(`Message/${id}/`);
    assert.deepEqual([body.to_number, body.log], ['14155550***', 'false']);
  });

  it('keeps what content_only and number_only name', async () => {
    const content = await rig.sendOne({ dst: '14155550178', text: 'kept content', log: 'content_only' });
    const number = await rig.sendOne({ dst: '14155550179', text: 'dropped content', log: 'number_only' });
    for (const id of [content, number]) await rig.reaches(id, 'sent');
    assert.deepEqual(await rig.placesOf('14155550178'), []);
    assert.deepEqual(await rig.placesOf('kept content'), ['messages.text']);
    assert.deepEqual(await rig.placesOf('14155550179'), ['messages.to_number']);
    assert.deepEqual(await rig.placesOf('dropped content'), []);
  });
});

describe('a subaccount', () => {
  it('sends from its own numbers, and its callbacks carry its token and the main account’s', async () => {
    const sub = await createSubtenant(rig.fixture, rig.tenant, 'Sub');
    await rig.addNumber('14155550105', { subaccount_id: sub.authId });
    const url = rig.hooks.url('/sub');
    const id = await rig.sendOne({ src: '14155550105', url }, sub);
    await rig.until(() => rig.callbacks(id).length === 2);
    const { params, headers } = rig.callbacks(id)[0] ?? assert.fail();
    const nonce = String(headers['x-plivo-signature-v3-nonce']);
    const verify = (header: string, token: string) =>
      plivo.validateV3Signature('POST', url, nonce, token, String(headers[header]), { ...params });
    assert.equal(verify('x-plivo-signature-v3', sub.authToken), true);
    assert.equal(verify('x-plivo-signature-ma-v3', rig.tenant.authToken), true);
    assert.equal(verify('x-plivo-signature-v3', rig.tenant.authToken), false);
    await rig.reaches(await rig.sendOne({}, sub), 'failed 40');
  });

  it('is charged to the main account', async () => {
    const sub = await createSubtenant(rig.fixture, rig.tenant, 'Spender');
    await rig.addNumber('14155550106', { subaccount_id: sub.authId });
    const before = await balance();
    await rig.reaches(await rig.sendOne({ src: '14155550106' }, sub), 'sent');
    assert.ok((await balance()) < before);
    const other = createApiClient(rig.fixture, { authId: sub.authId, authToken: 'wrong' });
    assert.equal((await other.get('Message/')).status, 401);
  });
});

async function balance(): Promise<number> {
  const [row] = await rig.query<{ balance: number }>('select balance_micros as balance from accounts where auth_id = $1', [
    rig.tenant.authId,
  ]);
  return row?.balance ?? 0;
}
