import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { FOR_SALE, FOREIGN_NUMBER, fixture, OTHER_AUTH_ID, OTHER_AUTH_TOKEN, OWN_NUMBER, TOLL_FREE_FOR_SALE } from './fixture.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

const [FIRST = '', SECOND = '', THIRD = ''] = FOR_SALE;
const numbersOf = (objects: unknown) => list(objects).map((entry) => String(entry.number));

describe('Node SDK: PhoneNumber, Number and IncomingCarrier', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-number', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('searches the inventory by country, type, pattern and services', async () => {
    const found = await client.numbers.search('US', { type: 'local', pattern: '415' });
    assert.deepEqual(found.map((entry) => String(entry.number)).toSorted(), FOR_SALE.toSorted());
    const tollFree = await client.numbers.search('US', { type: 'tollfree' });
    assert.deepEqual(
      tollFree.map((entry) => entry.number),
      [TOLL_FREE_FOR_SALE],
    );
    assert.equal((await client.numbers.search('GB', {})).length, 0);

    const wire = (await call(target, 'PhoneNumber/?country_iso=US&type=local&limit=1')).json;
    const [entry] = list(wire.objects);
    assert.ok(entry !== undefined);
    assert.equal(record(wire.meta).total_count, 3);
    assert.equal(entry.country, 'UNITED STATES');
    assert.equal(entry.resource_uri, `/v1/Account/${target.authId}/PhoneNumber/${String(entry.number)}/`);
    assert.match(String(entry.monthly_rental_rate), /^\d+\.\d{5}$/);
    for (const flag of ['sms_enabled', 'mms_enabled', 'voice_enabled']) assert.equal(typeof entry[flag], 'boolean', flag);
  });

  it('refuses a search without country', async () => {
    const answer = await call(target, 'PhoneNumber/');
    assert.equal(answer.status, 400);
    assert.match(String(answer.json.error), /country_iso/);
  });

  it('buys a number once', async () => {
    const bought = await client.numbers.buy(FIRST);
    assert.equal(bought.status, 'fulfilled');
    assert.deepEqual(list(bought.numbers), [{ number: FIRST, status: 'Success' }]);
    assert.equal((await client.numbers.get(FIRST)).number, FIRST);
    assert.ok(!(await client.numbers.search('US', { pattern: '415' })).some((entry) => entry.number === FIRST));
    assert.equal((await refusal(client.numbers.buy(FIRST))).status, 404);
    assert.equal((await refusal(client.numbers.buy('14155559999'))).status, 404);
  });

  it('answers 201 to a purchase with an empty body', async () => {
    const answer = await call(target, `PhoneNumber/${SECOND}/`, { method: 'POST' });
    assert.equal(answer.status, 201);
    assert.equal(answer.json.message, 'created');
  });

  it('buys with an application, or with the default one', async () => {
    const app = await client.applications.create('bought', { answerUrl: 'http://127.0.0.1:9/a' });
    await client.numbers.buy(THIRD, String(app.appId));
    assert.match(String((await client.numbers.get(THIRD)).application), new RegExp(`/Application/${String(app.appId)}/$`));
  });

  it('gets a number with every key', async () => {
    const wire = (await call(target, `Number/${OWN_NUMBER}/`)).json;
    for (const key of [
      'alias',
      'added_on',
      'application',
      'carrier',
      'city',
      'cnam_lookup',
      'country',
      'mms_enabled',
      'mms_rate',
      'monthly_rental_rate',
      'number',
      'number_type',
      'region',
      'renewal_date',
      'resource_uri',
      'sms_enabled',
      'sms_rate',
      'sub_account',
      'tendlc_campaign_id',
      'tendlc_registration_status',
      'toll_free_sms_verification',
      'voice_enabled',
      'voice_rate',
    ]) {
      assert.ok(key in wire, `${key} is missing`);
    }
    assert.equal(wire.resource_uri, `/v1/Account/${target.authId}/Number/${OWN_NUMBER}/`);
    assert.equal(wire.number_type, 'local');
    assert.match(String(wire.added_on), /^\d{4}-\d\d-\d\d$/);
    assert.equal((await call(target, `Number/+${OWN_NUMBER}/`)).json.number, OWN_NUMBER);
  });

  it('lists with filters', async () => {
    await client.numbers.update(OWN_NUMBER, { alias: 'front desk' });
    const wire = async (query: string) => numbersOf((await call(target, `Number/?${query}`)).json.objects);
    assert.deepEqual(await wire('alias=front%20desk'), [OWN_NUMBER]);
    assert.deepEqual(await wire(`number_startswith=${OWN_NUMBER}`), [OWN_NUMBER]);
    assert.ok((await wire('type=local')).includes(OWN_NUMBER));
    assert.ok((await wire('number_type=local')).includes(OWN_NUMBER));
    assert.ok(!(await wire('type=tollfree')).includes(OWN_NUMBER));
    assert.ok((await wire('services=sms')).includes(OWN_NUMBER));
    assert.ok((await wire('renewal_date__gt=2020-01-01')).includes(OWN_NUMBER));
    assert.ok(!(await wire('renewal_date__lt=2020-01-01')).includes(OWN_NUMBER));
    const listed = await client.numbers.list({ limit: 20, offset: 0 });
    assert.ok(listed.some((entry) => entry.number === OWN_NUMBER));
    assert.ok(!listed.some((entry) => entry.number === FOREIGN_NUMBER));
  });

  it('updates alias, application and subaccount', async () => {
    const app = await client.applications.create('for-number', { answerUrl: 'http://127.0.0.1:9/a' });
    const sub = await client.subaccounts.create('number holder', true);
    const answer = await client.numbers.update(OWN_NUMBER, {
      alias: 'moved',
      appId: String(app.appId),
      subAccount: String(sub.authId),
    });
    assert.equal(answer.message, 'changed');
    const number = await client.numbers.get(OWN_NUMBER);
    assert.deepEqual([number.alias, number.subAccount], ['moved', sub.authId]);
    const listed = numbersOf((await call(target, `Number/?subaccount=${String(sub.authId)}`)).json.objects);
    assert.deepEqual(listed, [OWN_NUMBER]);
    await client.subaccounts.delete(String(sub.authId), false);
    assert.equal((await refusal(client.numbers.update(OWN_NUMBER, { appId: '99999999999999999' }))).status !== 202, true);
  });

  it('does not show, change or release numbers of another account', async () => {
    assert.equal((await refusal(client.numbers.get(FOREIGN_NUMBER))).status, 404);
    assert.equal((await refusal(client.numbers.update(FOREIGN_NUMBER, { alias: 'mine now' }))).status, 404);
    assert.equal((await refusal(client.numbers.unrent(FOREIGN_NUMBER))).status, 404);
    const owner = { url: target.url, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    assert.equal((await call(owner, `Number/${FOREIGN_NUMBER}/`)).json.number, FOREIGN_NUMBER);
  });

  it('has incoming carriers, and numbers of one’s own on them', async () => {
    const created = await call(target, 'IncomingCarrier/', { body: { name: 'own-trunk', ip_set: '192.0.2.10' } });
    assert.equal(created.status, 201);
    const id = String(created.json.carrier_id);
    assert.match(id, /^\d{14}$/);
    const one = await call(target, `IncomingCarrier/${id}/`);
    assert.deepEqual([one.status, one.json.name, one.json.ip_set], [200, 'own-trunk', '192.0.2.10']);
    assert.ok(list((await call(target, 'IncomingCarrier/')).json.objects).some((entry) => entry.carrier_id === id));
    assert.equal((await call(target, `IncomingCarrier/${id}/`, { body: { name: 'Renamed' } })).status, 202);
    assert.equal((await call(target, `IncomingCarrier/${id}/`)).json.name, 'Renamed');

    const added = await client.numbers.addOwnNumber('442071838750,442071838751', id, 'London');
    assert.equal(added.message, 'changed');
    const own = await client.numbers.get('442071838750');
    assert.deepEqual([own.carrier, own.region], ['Renamed', 'London']);
    assert.equal((await call(target, 'Number/', { body: { numbers: '442071838752', region: 'London' } })).status, 400);

    await client.numbers.unrent('442071838750');
    await client.numbers.unrent('442071838751');
    assert.equal((await call(target, `IncomingCarrier/${id}/`, { method: 'DELETE' })).status, 204);
    assert.equal((await call(target, `IncomingCarrier/${id}/`)).status, 404);
  });

  it('unrents a number, which is then for sale again or gone, and never ours', async () => {
    assert.equal((await call(target, `Number/${FIRST}/`, { method: 'DELETE', body: '{}' })).status, 204);
    assert.equal((await refusal(client.numbers.get(FIRST))).status, 404);
    assert.equal((await refusal(client.numbers.unrent(FIRST))).status, 404);
  });
});
