import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type ApiClient,
  createSubtenant,
  createTenant,
  HOSTILE_TEXTS,
  objectsOf,
  stockInventory,
} from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

let fixture: PlivoFixture;
let main: ApiClient;
let stranger: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  main = await createTenant(fixture, 'Main');
  stranger = await createTenant(fixture, 'Stranger');
});
after(() => fixture.close());

let next = 14155550300;
/** A number rented by the client, fresh for each test. */
async function rent(client: ApiClient, columns: Record<string, unknown> = {}): Promise<string> {
  const number = String(next++);
  await stockInventory(fixture, [{ number, ...columns }]);
  const reply = await client.post(`PhoneNumber/${number}/`);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return number;
}

async function createApplication(client: ApiClient): Promise<string> {
  const reply = await client.post('Application/', { app_name: 'app', answer_url: 'https://app.example/' });
  return String(reply.body.app_id);
}

test('a rented number is shown with every key and its type', async () => {
  const number = await rent(main, {
    region: 'California',
    city: 'San Francisco',
    monthly_micros: 800_000,
    sms_rate_micros: 5_500,
    mms_enabled: true,
  });
  const { body } = await main.get(`Number/${number}/`);
  assert.deepEqual(
    { ...body, api_id: '' },
    {
      api_id: '',
      active: true,
      added_on: '2026-01-12',
      alias: null,
      application: null,
      caller_reputation_status: null,
      carrier: 'Plivo',
      city: 'San Francisco',
      cnam: null,
      cnam_lookup: null,
      country: 'UNITED STATES',
      fallback_number: null,
      mms_enabled: true,
      mms_rate: '0.00000',
      monthly_rental_rate: '0.80000',
      number,
      number_type: 'local',
      plivo_number: true,
      profile_uuid: null,
      region: 'California, UNITED STATES',
      renewal_date: '2026-02-12',
      resource_uri: `/v1/Account/${main.authId}/Number/${number}/`,
      sms_enabled: true,
      sms_rate: '0.00550',
      sub_account: null,
      sub_account_name: null,
      tendlc_campaign_id: null,
      tendlc_registration_status: 'UNREGISTERED',
      toll_free_sms_verification: null,
      toll_free_sms_verification_id: null,
      toll_free_sms_verification_order_status: null,
      voice_enabled: true,
      voice_rate: '0.00000',
    },
  );
  assert.equal((await main.get(`Number/+${number}/`)).body.number, number);
});

test('every filter of the list narrows it, under each of its names and values', async () => {
  const owner = await createTenant(fixture, 'Filters');
  const sub = await createSubtenant(fixture, owner, 'Branch');
  const local = await rent(owner);
  const tollFree = await rent(owner, { type: 'tollfree', voice_enabled: false, mms_enabled: true });
  // A day before the next one, without a day of every chore's timers.
  await fixture.database.storage.pool.query(
    `update numbers set added_at = added_at - interval '1 day', renewal_date = renewal_date - 1 where number = any($1)`,
    [[local, tollFree]],
  );
  const british = String(next++).replace(/^1/, '4420');
  await stockInventory(fixture, [{ number: british, country: 'GB', type: 'mobile', sms_enabled: false }]);
  await owner.post(`PhoneNumber/${british}/`, { alias: 'front desk', cnam_lookup: 'enabled', subaccount: sub.authId });
  await fixture.database.storage.pool.query(
    `update numbers set details = '{"tendlcCampaignId":"C1","tendlcRegistrationStatus":"COMPLETED","tollFreeVerificationOrderStatus":"open"}' where number = $1`,
    [local],
  );
  const found = async (query: string, client = owner) =>
    objectsOf(await client.get(`Number/?${query}`)).map((item) => item.number);
  const all = [british, local, tollFree];
  const cases: readonly (readonly [query: string, expected: readonly string[]])[] = [
    ['', all],
    ['type=any', all],
    ['type=tollfree', [tollFree]],
    ['number_type=local', [local]],
    ['number_startswith=4420', [british]],
    ['number_startswith=%2B4420', [british]],
    [`subaccount=${sub.authId}`, [british]],
    ['alias=front%20desk', [british]],
    ['alias=front', []],
    ['services=sms', [local, tollFree]],
    ['services=sms,voice', [local]],
    ['services=voice,sms', [local]],
    ['services=mms', [tollFree]],
    ['cnam_lookup=enabled', [british]],
    ['cnam_lookup=True', [british]],
    ['cnam_lookup=disabled', [local, tollFree]],
    ['cnam_lookup=0', [local, tollFree]],
    ['renewal_date=2026-02-11', [local, tollFree]],
    ['renewal_date__gt=2026-02-11', [british]],
    ['renewal_date_gt=2026-02-11', [british]],
    ['renewal_date__gte=2026-02-11', all],
    ['renewal_date__lt=2026-02-12', [local, tollFree]],
    ['renewal_date_lte=2026-02-11%2000:00:00', [local, tollFree]],
    ['renewal_date__gte=2026-02-11&renewal_date__lte=2026-02-11', [local, tollFree]],
    ['tendlc_registration_status=completed', [local]],
    ['tendlc_registration_status=REGISTERED', [local]],
    ['tendlc_registration_status=unregistered', []],
    ['tendlc_campaign_id=C1', [local]],
    ['toll_free_sms_verification=unverified', [tollFree]],
    ['toll_free_sms_verification=verified', []],
    ['toll_free_sms_verification_order_status=OPEN', [local]],
  ];
  for (const [query, expected] of cases) assert.deepEqual(await found(query), expected, query);
  assert.deepEqual(await found('', sub), [british]);
  assert.deepEqual(await found(`subaccount=${owner.authId}`, sub), [british]);
  for (const query of [
    'type=landline',
    'services=sms,fax',
    'cnam_lookup=maybe',
    'renewal_date=2026-02-31',
    'renewal_date__gt=soon',
    "renewal_date=2026-01-01'%20or%201=1",
    'number_startswith=41%25',
    'tendlc_registration_status=other',
    'toll_free_sms_verification=other',
    'subaccount=MA',
    'limit=0',
    'limit=x',
  ]) {
    const reply = await owner.get(`Number/?${query}`);
    assert.equal(reply.status, 400, query);
    assert.equal(reply.body.error_code, 'invalid_parameter');
  }
  const page = await owner.get('Number/?services=sms&limit=1&offset=1');
  assert.deepEqual(
    objectsOf(page).map((item) => item.number),
    [tollFree],
  );
  assert.deepEqual(page.body.meta, {
    limit: 1,
    offset: 1,
    next: null,
    previous: `/v1/Account/${owner.authId}/Number/?services=sms&limit=1&offset=0`,
    total_count: 2,
  });
});

test('an update changes what it names; null and empty leave the application, "none" detaches it', async () => {
  const number = await rent(main);
  const appId = await createApplication(main);
  const application = async () => (await main.get(`Number/${number}/`)).body.application;
  assert.equal((await fixture.services.numberDirectory.find(number))?.appId, null);
  const reply = await main.post(`Number/${number}/`, { app_id: appId, alias: 'desk', cnam_lookup: true, cnam: 'ACME' });
  assert.deepEqual([reply.status, reply.body.message], [202, 'changed']);
  const uri = `/v1/Account/${main.authId}/Application/${appId}/`;
  assert.equal(await application(), uri);
  assert.equal((await fixture.services.numberDirectory.find(number))?.appId, appId, 'the engines see it at once');
  for (const unchanged of [null, '']) {
    assert.equal((await main.post(`Number/${number}/`, { app_id: unchanged })).status, 202);
    assert.equal(await application(), uri);
  }
  assert.equal((await main.post(`Number/${number}/`, { app_id: 'none' })).status, 202);
  assert.equal(await application(), null);
  const { body } = await main.get(`Number/${number}/`);
  assert.deepEqual([body.alias, body.cnam_lookup, body.cnam], ['desk', 'enabled', 'ACME']);
  for (const [name, value] of [
    ['app_id', '99999999999999999'],
    ['app_id', "1' or '1'='1"],
    ['alias', 'x'.repeat(300)],
    ['cnam_lookup', 'perhaps'],
    ['subaccount', 'SAXXXXXXXXXXXXXXXXXX'],
  ] as const) {
    const refused = await main.post(`Number/${number}/`, { [name]: value });
    assert.equal(refused.status, 400, name);
    assert.match(String(refused.body.error), new RegExp(`^${name} parameter`));
  }
  const foreignApp = await createApplication(stranger);
  assert.equal((await main.post(`Number/${number}/`, { app_id: foreignApp })).status, 400);
});

test('only the main account moves numbers, and an application of the former subaccount stays behind', async () => {
  const one = await createSubtenant(fixture, main, 'One');
  const two = await createSubtenant(fixture, main, 'Two');
  const foreign = await createSubtenant(fixture, stranger, 'Foreign');
  const number = await rent(main);
  await main.post(`Number/${number}/`, { subaccount: one.authId });
  assert.equal((await one.get(`Number/${number}/`)).body.sub_account_name, 'One');
  const appOfOne = await createApplication(one);
  assert.equal((await one.post(`Number/${number}/`, { app_id: appOfOne, alias: 'mine', subaccount: one.authId })).status, 202);
  assert.equal((await one.post(`Number/${number}/`, { subaccount: two.authId })).status, 403);
  assert.equal((await two.post(`Number/${number}/`, { alias: 'taken' })).status, 404);
  assert.equal((await main.post(`Number/${number}/`, { subaccount: foreign.authId })).status, 400);
  await main.post(`Number/${number}/`, { subaccount: two.authId });
  assert.equal((await one.get(`Number/${number}/`)).status, 404);
  assert.equal((await two.get(`Number/${number}/`)).body.application, null);
  const appOfMain = await createApplication(main);
  await main.post(`Number/${number}/`, { app_id: appOfMain });
  assert.equal((await two.post(`Number/${number}/`, { app_id: appOfOne })).status, 400, 'not its own application');
  await main.post(`Number/${number}/`, { subaccount: main.authId });
  const { body } = await main.get(`Number/${number}/`);
  assert.deepEqual([body.sub_account, body.application], [null, `/v1/Account/${main.authId}/Application/${appOfMain}/`]);
});

test('numbers of one’s own are added all or none on a carrier of one’s own, and vanish when given up', async () => {
  const carrier = await main.post('IncomingCarrier/', { name: 'Own trunk', ip_set: '192.0.2.10', sms: true });
  const carrierId = carrier.body.carrier_id;
  const add = (body: Record<string, unknown>, client = main) =>
    client.post('Number/', { carrier: carrierId, region: 'London', ...body });
  const reply = await add({ numbers: '442071838750, +442071838751' });
  assert.deepEqual([reply.status, reply.body.message], [202, 'changed']);
  const { body } = await main.get('Number/442071838751/');
  assert.deepEqual(
    [body.carrier, body.region, body.plivo_number, body.number_type, body.country, body.sms_enabled, body.voice_enabled],
    ['Own trunk', 'London', false, 'local', 'UNITED KINGDOM', true, true],
  );
  assert.equal((await add({ numbers: ['442071838752'], number_type: 'mobile' })).status, 202, 'a list is taken too');

  const clash = await add({ numbers: '442071838759,442071838750' });
  assert.deepEqual([clash.status, clash.body.error_code], [409, 'conflict']);
  assert.match(String(clash.body.error), /442071838750/);
  assert.equal((await main.get('Number/442071838759/')).status, 404, 'nothing was stored by halves');

  for (const wrong of [
    { numbers: 'abc' },
    { numbers: '' },
    { numbers: ',' },
    { numbers: '442071838753', carrier: '12345678901234' },
    { numbers: '442071838753', carrier: "1' or 1=1" },
    { numbers: '442071838753', carrier: '' },
    { numbers: '442071838753', region: '' },
    { numbers: '442071838753', number_type: 'odd' },
    { numbers: '442071838753', app_id: '99999999999999999' },
    { numbers: Array.from({ length: 1001 }, (_, index) => String(442071000000 + index)) },
  ]) {
    const refused = await add(wrong);
    assert.equal(refused.status, 400, JSON.stringify(wrong).slice(0, 100));
  }
  assert.equal((await add({ numbers: '442071838753' }, stranger)).status, 400, 'a carrier of another account');
  const sub = await createSubtenant(fixture, main, 'Sub');
  assert.equal((await add({ numbers: '442071838753' }, sub)).status, 403);

  assert.equal((await main.delete('Number/442071838750/')).status, 204);
  assert.equal((await main.get('Number/442071838750/')).status, 404);
  assert.equal(objectsOf(await main.get('PhoneNumber/?country_iso=GB&pattern=2071838750')).length, 0);
  assert.equal((await add({ numbers: '442071838750' })).status, 202, 'and can be added again');
});

test('a rented number that is given up is on sale again with nothing of its owner on it', async () => {
  const number = await rent(main);
  await main.post(`Number/${number}/`, { alias: 'secret', cnam: 'ACME', app_id: await createApplication(main) });
  assert.ok(await fixture.services.numberDirectory.find(number));
  assert.equal((await main.delete(`Number/${number}/`, {})).status, 204);
  assert.equal((await main.delete(`Number/${number}/`)).status, 404);
  assert.equal(await fixture.services.numberDirectory.find(number), undefined);
  assert.equal((await stranger.post(`PhoneNumber/${number}/`)).status, 201);
  const { body } = await stranger.get(`Number/${number}/`);
  assert.deepEqual([body.alias, body.cnam, body.application], [null, null, null]);
});

test('numbers of others are neither shown, changed nor given up', async () => {
  const number = await rent(main);
  const sub = await createSubtenant(fixture, main, 'Sub');
  const disabled = await createSubtenant(fixture, main, 'Disabled', false);
  for (const [client, status] of [
    [stranger, 404],
    [sub, 404],
    [disabled, 401],
  ] as const) {
    assert.equal((await client.get(`Number/${number}/`)).status, status);
    assert.equal((await client.post(`Number/${number}/`, { alias: 'x' })).status, status);
    assert.equal((await client.delete(`Number/${number}/`)).status, status);
  }
  assert.equal((await disabled.get('Number/')).status, 401);
  assert.equal((await main.get(`/v1/Account/${sub.authId}/Number/${number}/`)).status, 404);
  assert.equal((await main.get(`Number/${number}/`)).status, 200);
});

test('a number for sale is no number of the account', async () => {
  const number = String(next++);
  await stockInventory(fixture, [{ number }]);
  assert.equal((await main.get(`Number/${number}/`)).status, 404);
  assert.equal((await main.post(`Number/${number}/`, { alias: 'x' })).status, 404);
  assert.equal((await main.delete(`Number/${number}/`)).status, 404);
});

test('hostile texts as alias, filter and number are harmless', async () => {
  const number = await rent(main);
  for (const text of HOSTILE_TEXTS) {
    const reply = await main.post(`Number/${number}/`, { alias: text });
    assert.equal(reply.status, text === '\u0000' ? 400 : 202, text);
    if (text === '\u0000') continue;
    const found = objectsOf(await main.get(`Number/?alias=${encodeURIComponent(text)}`));
    assert.deepEqual(
      found.map((item) => item.number),
      [number],
      text,
    );
    const path = encodeURIComponent(text);
    assert.ok([400, 404].includes((await main.get(`Number/${path}/`)).status), text);
  }
});
