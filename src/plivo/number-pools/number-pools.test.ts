import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiClient, createTenant, objectsOf, stockInventory } from '../../../testkit/api-client.ts';
import { createPlivoFixture, OPERATOR_TOKEN, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

let fixture: PlivoFixture;
let main: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  main = await createTenant(fixture, 'Main');
});
after(() => fixture.close());

let next = 14155550300;
async function stock(columns: Record<string, unknown> = {}): Promise<string> {
  const number = String(next++);
  await stockInventory(fixture, [{ number, mms_enabled: true, ...columns }]);
  return number;
}
async function rent(columns: Record<string, unknown> = {}): Promise<string> {
  const number = await stock(columns);
  assert.equal((await main.post(`PhoneNumber/${number}/`)).status, 201);
  return number;
}
async function newPool(): Promise<{ uuid: string; pool: string }> {
  const { body } = await main.post('Powerpack/', { name: `pool ${next++}` });
  return { uuid: String(body.uuid), pool: `NumberPool/${String(body.number_pool).split('/')[5]}` };
}

test('a number of the account is added, found, listed and taken out again', async () => {
  const { pool } = await newPool();
  const number = await rent();
  const added = await main.post(`${pool}/Number/+${number}/`, { rent: 'false' });
  assert.deepEqual(
    { ...added.body, api_id: '' },
    {
      api_id: '',
      number,
      number_pool_uuid: pool.split('/')[1],
      type: 'fixed',
      service: 'sms',
      country_iso2: 'US',
      added_on: '2026-01-12T09:14:02.000000Z',
      account_phone_number_resource: `/v1/Account/${main.authId}/Number/${number}/`,
    },
  );
  assert.equal((await main.get(`${pool}/Number/${number}/`)).body.number, number);
  assert.equal((await main.get(`${pool}/Number//?limit=1&?search=hack`)).status, 200, 'the query of the Node SDK');
  assert.deepEqual((await main.delete(`${pool}/Number/${number}/`, { unrent: 'false' })).body.response, 'success');
  assert.equal((await main.get(`${pool}/Number/${number}/`)).status, 404);
  assert.equal((await main.delete(`${pool}/Number/${number}/`)).status, 404);
  assert.equal((await main.get(`Number/${number}/`)).status, 200, 'it stays with the account');
});

test('renting buys a number that is for sale, and giving it up puts it back', async () => {
  const { pool } = await newPool();
  const number = await stock();
  assert.equal((await main.post(`${pool}/Number/${number}/`)).status, 404, 'not on the account');
  assert.equal((await main.post(`${pool}/Number/${number}/`, { rent: 'true' })).status, 200);
  assert.equal((await main.get(`Number/${number}/`)).status, 200);
  assert.equal((await main.post(`${pool}/Number/${number}/`, { rent: true })).status, 200, 'again changes nothing');
  assert.equal((await main.delete(`${pool}/Number/${number}/`, { unrent: 'true' })).status, 200);
  assert.equal((await main.get(`Number/${number}/`)).status, 404);
  assert.equal((await main.post(`${pool}/Number/14155559999/`, { rent: 'true' })).status, 404);
});

test('a number that is given up leaves its pools, and comes back to none of them', async () => {
  const { pool } = await newPool();
  const number = await rent();
  await main.post(`${pool}/Number/${number}/`);
  await main.delete(`Number/${number}/`);
  assert.equal((await main.post(`PhoneNumber/${number}/`)).status, 201);
  assert.equal((await main.get(`${pool}/Number/${number}/`)).status, 404);
});

test('deleting a Powerpack leaves its numbers, or gives them up', async () => {
  const kept = await newPool();
  const given = await newPool();
  const [first, second] = [await rent(), await rent()];
  await main.post(`${kept.pool}/Number/${first}/`);
  await main.post(`${given.pool}/Number/${second}/`);
  assert.deepEqual((await main.delete(`Powerpack/${kept.uuid}/`, { unrent_numbers: false })).body.response, 'success');
  assert.equal((await main.delete(`Powerpack/${given.uuid}/`, { unrent_numbers: true })).status, 200);
  assert.equal((await main.get(`Powerpack/${kept.uuid}/`)).status, 404);
  assert.equal((await main.get(`${kept.pool}/Number/`)).status, 404);
  assert.equal((await main.get(`Number/${first}/`)).status, 200);
  assert.equal((await main.get(`Number/${second}/`)).status, 404);
});

test('every filter of the list narrows it', async () => {
  const { pool } = await newPool();
  const local = await rent();
  const tollFree = await rent({ type: 'tollfree', mms_enabled: false });
  const british = String(next++).replace(/^1415/, '4479');
  await stockInventory(fixture, [{ number: british, country: 'GB', type: 'mobile' }]);
  await main.post(`PhoneNumber/${british}/`);
  await main.post(`${pool}/Number/${local}/`, { service: 'mms' });
  await main.post(`${pool}/Number/${tollFree}/`);
  await main.post(`${pool}/Number/${british}/`);
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', [local, tollFree, british]],
    ['type=fixed', [local]],
    ['type=toll-free', [tollFree]],
    ['type=mobile', [british]],
    ['country_iso2=GB', [british]],
    ['country_iso2=us&starts_with=415,212', [local, tollFree]],
    ['country_iso2=US&starts_with=212', []],
    ['country_iso2=GB&starts_with=79', [british]],
    ['service=mms', [local]],
    ['service=sms', [local, tollFree, british]],
  ];
  for (const [query, expected] of cases) {
    const found = objectsOf(await main.get(`${pool}/Number/?${query}`)).map((item) => item.number);
    assert.deepEqual(found.toSorted(), expected.toSorted(), query);
  }
  const page = await main.get(`${pool}/Number/?limit=2&type=fixed&service=mms`);
  assert.equal(objectsOf(page)[0]?.service, 'mms');
  const meta = (await main.get(`${pool}/Number/?limit=1&offset=1&service=sms`)).body.meta;
  assert.deepEqual(meta, {
    limit: 1,
    offset: 1,
    next: `/v1/Account/${main.authId}/${pool}/Number/?service=sms&limit=1&offset=2`,
    previous: `/v1/Account/${main.authId}/${pool}/Number/?service=sms&limit=1&offset=0`,
    total_count: 3,
  });
  assert.equal((await main.get(`${pool}/Number/${local}/?service=mms`)).body.service, 'mms');
  assert.equal((await main.get(`${pool}/Number/${british}/?service=mms`)).status, 404);
  for (const query of [
    'starts_with=415',
    `country_iso2=US&starts_with=${'4,'.repeat(11)}`,
    'type=fax',
    'service=fax',
    'limit=21',
  ]) {
    assert.equal((await main.get(`${pool}/Number/?${query}`)).status, 400, query);
  }
});

test('adding a member again for MMS adds that ability; what cannot send it is refused', async () => {
  const { pool } = await newPool();
  const able = await rent();
  const unable = await rent({ mms_enabled: false });
  const voiceOnly = await rent({ sms_enabled: false });
  await main.post(`${pool}/Number/${able}/`);
  assert.equal((await main.get(`${pool}/Number/${able}/?service=mms`)).status, 404);
  assert.equal((await main.post(`${pool}/Number/${able}/`, { service: 'mms' })).body.service, 'mms');
  assert.equal((await main.post(`${pool}/Number/${able}/`, { service: 'sms' })).body.service, 'mms');
  assert.match(String((await main.post(`${pool}/Number/${unable}/`, { service: 'mms' })).body.error), /MMS-enabled/);
  assert.match(String((await main.post(`${pool}/Number/${voiceOnly}/`)).body.error), /SMS-enabled/);
});

test('toll-free numbers and short codes have lists of their own', async () => {
  const { pool } = await newPool();
  const tollFree = await rent({ type: 'tollfree' });
  const local = await rent();
  const added = await main.post(`${pool}/Tollfree/${tollFree}/`);
  assert.equal(added.body.type, 'tollfree');
  assert.equal((await main.post(`${pool}/Tollfree/${local}/`)).status, 400);
  assert.deepEqual(
    objectsOf(await main.get(`${pool}/Tollfree/?limit=5`)).map((item) => item.number),
    [tollFree],
  );
  assert.equal((await main.get(`${pool}/Tollfree/${tollFree}/&service=mms`)).body.service, 'mms', 'the path of the Node SDK');
  const shortCode = '415550';
  await stockInventory(fixture, [{ number: shortCode, type: 'shortcode' }]);
  await main.post(`PhoneNumber/${shortCode}/`);
  assert.equal((await main.post(`${pool}/Number/${shortCode}/`)).status, 400);
  const putIn = async (into: string, shortcode: string) => {
    const reply = await fixture.http.inject({
      method: 'POST',
      url: `/ringdown/v1/number-pools/${into.split('/')[1]}/shortcodes`,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      payload: { shortcode },
    });
    return reply.statusCode;
  };
  assert.equal(await putIn(pool, shortCode), 201);
  assert.equal(await putIn(pool, '41'), 400);
  assert.equal(await putIn(pool, '415559'), 404, 'the account does not have it');
  assert.equal(await putIn((await newPool()).pool, shortCode), 409, 'it is in another pool');
  assert.equal(await putIn('NumberPool/none', shortCode), 404);
  const [listed] = objectsOf(await main.get(`${pool}/Shortcode/?limit=20&offset=0`));
  assert.deepEqual([listed?.shortcode, listed?.country_iso2], [shortCode, 'US']);
  for (const path of [`${pool}/Shortcode/${shortCode}/`, `${pool}/Shortcode/${shortCode}/&service=sms`]) {
    assert.equal((await main.get(path)).body.shortcode, shortCode, path);
  }
  assert.equal((await main.delete(`${pool}/Shortcode/${shortCode}/`, { unrent: true })).status, 200);
  assert.equal((await main.get(`Number/${shortCode}/`)).status, 200, 'a short code is never given up with its pool');
  assert.equal((await main.delete(`${pool}/Tollfree/${tollFree}/`, { unrent: false })).status, 200);
});
