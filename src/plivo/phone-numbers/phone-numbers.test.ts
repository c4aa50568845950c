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
  await stockInventory(fixture, [
    {
      number: '14155550401',
      region: 'California',
      city: 'San Francisco',
      rate_center: 'SNFC CNTRL',
      lata: 722,
      prefix: '415',
      setup_micros: 500_000,
      monthly_micros: 800_000,
      sms_rate_micros: 5_500,
      voice_rate_micros: 10_000,
    },
    { number: '14155560402', region: 'California', city: 'Oakland', mms_enabled: true },
    { number: '12125550403', region: 'New York', type: 'national', sms_enabled: false },
    { number: '18005550404', type: 'tollfree' },
    { number: '447700900405', country: 'GB', type: 'mobile' },
    { number: '442071830406', country: 'GB', type: 'fixed', region: 'London' },
  ]);
});
after(() => fixture.close());

test('the inventory is searched with every filter', async () => {
  const found = async (query: string) => objectsOf(await main.get(`PhoneNumber/?${query}`)).map((item) => item.number);
  const cases: readonly (readonly [query: string, expected: readonly string[]])[] = [
    ['country_iso=US', ['12125550403', '14155550401', '14155560402', '18005550404']],
    ['country_iso=us&type=any', ['12125550403', '14155550401', '14155560402', '18005550404']],
    ['country_iso2=GB', ['442071830406', '447700900405']],
    ['country_iso=US&type=local', ['14155550401', '14155560402']],
    ['country_iso=US&type=fixed', ['12125550403', '14155550401', '14155560402']],
    ['country_iso=US&type=tollfree', ['18005550404']],
    ['country_iso=GB&type=mobile', ['447700900405']],
    ['country_iso=US&pattern=415', ['14155550401', '14155560402']],
    ['country_iso=US&pattern=4155', ['14155550401', '14155560402']],
    ['country_iso=US&pattern=1415', []],
    ['country_iso=GB&pattern=20', ['442071830406']],
    ['country_iso=US&npanxx=415555', ['14155550401']],
    ['country_iso=US&npanxx=415555&local_calling_area=true', ['14155550401', '14155560402']],
    ['country_iso=US&npanxx=415555&pattern=41555504', ['14155550401']],
    ['country_iso=US&region=calif', ['14155550401', '14155560402']],
    ['country_iso=GB&type=fixed&region=London', ['442071830406']],
    ['country_iso=US&city=san%20fran', ['14155550401']],
    ['country_iso=US&services=sms', ['14155550401', '14155560402', '18005550404']],
    ['country_iso=US&services=voice,sms,mms', ['14155560402']],
    ['country_iso=US&lata=722', ['14155550401']],
    ['country_iso=US&rate_center=snfc%20cntrl', ['14155550401']],
    ['country_iso=US&eligible=True&type=tollfree', ['18005550404']],
    ['country_iso=FR', []],
  ];
  for (const [query, expected] of cases) assert.deepEqual(await found(query), expected, query);
  const page = await main.get('PhoneNumber/?country_iso=US&limit=2&offset=2');
  assert.deepEqual(
    objectsOf(page).map((item) => item.number),
    ['14155560402', '18005550404'],
  );
  assert.deepEqual(page.body.meta, {
    limit: 2,
    offset: 2,
    next: null,
    previous: `/v1/Account/${main.authId}/PhoneNumber/?country_iso=US&limit=2&offset=0`,
    total_count: 4,
  });
});

test('a search without country, and filters of the wrong shape, are refused by name', async () => {
  assert.equal((await main.get('PhoneNumber/')).body.error, 'country_iso parameter is missing');
  for (const [name, value] of [
    ['country_iso', 'XX'],
    ['country_iso', 'toString'],
    ['type', 'satellite'],
    ['pattern', '4%25'],
    ['npanxx', '415'],
    ['region', 'CA'],
    ['services', 'fax'],
    ['lata', 'seven'],
  ] as const) {
    const query = name === 'country_iso' ? `country_iso=${value}` : `country_iso=US&${name}=${value}`;
    const reply = await main.get(`PhoneNumber/?${query}`);
    assert.equal(reply.status, 400, query);
    assert.match(String(reply.body.error), new RegExp(`^${name} parameter`));
  }
  assert.equal((await main.get('PhoneNumber/?country_iso=US&npanxx=415555&pattern=212')).status, 400);
});

test('a number for sale is shown with every key and its type', async () => {
  const [item] = objectsOf(await main.get('PhoneNumber/?country_iso=US&npanxx=415555'));
  assert.deepEqual(item, {
    city: 'San Francisco',
    country: 'UNITED STATES',
    ha_enabled: false,
    lata: 722,
    mms_enabled: false,
    mms_rate: '0.00000',
    monthly_rental_rate: '0.80000',
    number: '14155550401',
    prefix: '415',
    rate_center: 'SNFC CNTRL',
    region: 'California, UNITED STATES',
    resource_uri: `/v1/Account/${main.authId}/PhoneNumber/14155550401/`,
    restriction: null,
    restriction_text: null,
    setup_rate: '0.50000',
    sms_enabled: true,
    sms_rate: '0.00550',
    sub_type: 'local',
    type: 'fixed',
    voice_enabled: true,
    voice_rate: '0.01000',
  });
});

test('a purchase takes the number, its set-up price and the default application', async () => {
  const owner = await createTenant(fixture, 'Buyer');
  await stockInventory(fixture, [{ number: '14155550411', setup_micros: 500_000 }, { number: '14155550412' }]);
  const app = await owner.post('Application/', { app_name: 'd', answer_url: 'https://a.example/', default_number_app: true });
  assert.equal(await fixture.services.numberDirectory.find('14155550411'), undefined);
  const reply = await owner.post('PhoneNumber/14155550411/');
  assert.deepEqual(
    { ...reply, body: { ...reply.body, api_id: '' } },
    {
      status: 201,
      body: { api_id: '', message: 'created', numbers: [{ number: '14155550411', status: 'Success' }], status: 'fulfilled' },
    },
  );
  assert.equal(
    (await owner.get('Number/14155550411/')).body.application,
    `/v1/Account/${owner.authId}/Application/${app.body.app_id}/`,
  );
  assert.equal((await owner.get('')).body.cash_credits, '-0.50000');
  assert.equal(
    (await fixture.services.numberDirectory.find('14155550411'))?.accountId,
    owner.authId,
    'the engines see it at once',
  );
  const other = await owner.post('Application/', { app_name: 'o', answer_url: 'https://a.example/' });
  await owner.post('PhoneNumber/+14155550412/', { app_id: other.body.app_id, alias: 'named', cnam_lookup: 'disabled' });
  const { body } = await owner.get('Number/14155550412/');
  assert.deepEqual(
    [body.application, body.alias, body.cnam_lookup],
    [`/v1/Account/${owner.authId}/Application/${other.body.app_id}/`, 'named', 'disabled'],
  );
});

test('the default application of a subaccount’s own is not given to numbers of others', async () => {
  const owner = await createTenant(fixture, 'Mixed');
  const sub = await createSubtenant(fixture, owner, 'Sub');
  await stockInventory(fixture, [{ number: '14155550421' }, { number: '14155550422' }]);
  const app = await owner.post('Application/', {
    app_name: 'd',
    answer_url: 'https://a.example/',
    default_number_app: true,
    subaccount: sub.authId,
  });
  await owner.post('PhoneNumber/14155550421/');
  await owner.post('PhoneNumber/14155550422/', { subaccount: sub.authId });
  assert.equal((await owner.get('Number/14155550421/')).body.application, null);
  assert.equal(
    (await sub.get('Number/14155550422/')).body.application,
    `/v1/Account/${sub.authId}/Application/${app.body.app_id}/`,
  );
});

test('a number not on sale, sold already or malformed answers 404', async () => {
  await stockInventory(fixture, [{ number: '14155550431' }]);
  assert.equal((await stranger.post('PhoneNumber/14155550431/')).status, 201);
  for (const number of ['14155550431', '19995550000', 'abc', "1'%20or%20'1'='1", '1'.repeat(40)]) {
    const reply = await main.post(`PhoneNumber/${number}/`);
    assert.deepEqual([reply.status, reply.body.error], [404, 'not found'], number);
  }
});

test('of many buyers of one number exactly one gets it and pays', async () => {
  await stockInventory(fixture, [{ number: '14155550441', setup_micros: 1_000_000 }]);
  const owners = await Promise.all(Array.from({ length: 8 }, (_, index) => createTenant(fixture, `Racer ${index}`)));
  const replies = await Promise.all(owners.map((owner) => owner.post('PhoneNumber/14155550441/')));
  assert.deepEqual(replies.map((reply) => reply.status).sort(), [201, 404, 404, 404, 404, 404, 404, 404]);
  const balances = await Promise.all(owners.map(async (owner) => (await owner.get('')).body.cash_credits));
  assert.deepEqual(
    balances.map((balance, index) => [balance, replies[index]?.status === 201]).filter(([balance]) => balance !== '0.00000'),
    [['-1.00000', true]],
  );
});

test('a prepaid balance that does not cover the price buys nothing', async () => {
  await stockInventory(fixture, [{ number: '14155550451', setup_micros: 2_000_000 }]);
  const owner = await createTenant(fixture, 'Prepaid');
  await fixture.services.accounts.update(owner.authId, { billingMode: 'prepaid', balanceMicros: 1_999_999 }, new Date(0));
  fixture.services.directory.invalidate(owner.authId);
  const refused = await owner.post('PhoneNumber/14155550451/');
  assert.deepEqual([refused.status, refused.body.error_code], [402, 'insufficient_credit']);
  assert.equal((await owner.get('Number/14155550451/')).status, 404);
  await fixture.services.accounts.update(owner.authId, { balanceMicros: 2_000_000 }, new Date(0));
  assert.equal((await owner.post('PhoneNumber/14155550451/')).status, 201);
  assert.equal((await owner.get('')).body.cash_credits, '0.00000');
});

test('subaccounts search but do not buy; applications and owners of others are refused', async () => {
  await stockInventory(fixture, [{ number: '14155550461' }]);
  const sub = await createSubtenant(fixture, main, 'Sub');
  const disabled = await createSubtenant(fixture, main, 'Disabled', false);
  const foreign = await createSubtenant(fixture, stranger, 'Foreign');
  assert.equal((await sub.get('PhoneNumber/?country_iso=US')).status, 200);
  assert.deepEqual(
    [(await sub.post('PhoneNumber/14155550461/')).status, (await disabled.post('PhoneNumber/14155550461/')).status],
    [403, 401],
  );
  assert.equal((await disabled.get('PhoneNumber/?country_iso=US')).status, 401);
  const app = await stranger.post('Application/', { app_name: 'x', answer_url: 'https://a.example/' });
  for (const body of [{ app_id: app.body.app_id }, { app_id: 'x' }, { subaccount: foreign.authId }, { subaccount: 'SA' }]) {
    assert.equal((await main.post('PhoneNumber/14155550461/', body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await main.get('Number/14155550461/')).status, 404);
  assert.equal(
    (await main.post(`/v1/Account/${sub.authId}/PhoneNumber/14155550461/`)).status,
    201,
    'the main account buys for it',
  );
  assert.equal((await sub.get('Number/14155550461/')).status, 200);
});

test('a purchase that runs again with the same key finds the number its own and charges once', async () => {
  await stockInventory(fixture, [{ number: '14155550471', setup_micros: 100_000 }]);
  const owner = await createTenant(fixture, 'Again');
  const purchase = {
    number: '14155550471',
    accountId: owner.authId,
    subaccountId: null,
    appId: undefined,
    alias: undefined,
    cnamLookup: undefined,
    complianceId: undefined,
    idempotencyKey: '0197f0c0-0000-7000-8000-000000000002',
    at: new Date(fixture.clock.now()),
  };
  assert.equal(await fixture.services.inventory.buy(purchase), true);
  assert.equal(await fixture.services.inventory.buy(purchase), true);
  assert.equal(await fixture.services.inventory.buy({ ...purchase, idempotencyKey: 'other' }), false);
  assert.equal((await owner.get('')).body.cash_credits, '-0.10000');
});

test('hostile texts as filters find nothing and break nothing', async () => {
  for (const text of HOSTILE_TEXTS) {
    for (const name of ['city', 'region', 'rate_center', 'services', 'pattern', 'country_iso', 'type']) {
      const reply = await main.get(`PhoneNumber/?country_iso=US&${name}=${encodeURIComponent(text)}`);
      assert.ok(
        reply.status === 400 || (reply.status === 200 && objectsOf(reply).length === 0),
        `${name}=${text} ${reply.status}`,
      );
    }
  }
});
