import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

let fixture: PlivoFixture;
let owner: ApiClient;
let stranger: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  owner = await createTenant(fixture, 'Owner');
  stranger = await createTenant(fixture, 'Stranger');
});
after(() => fixture.close());

const lookUp = async (number: string, by: ApiClient = owner) => {
  const reply = await fixture.http.inject({ url: `/v1/Number/${number}`, headers: basic(by) });
  return { status: reply.statusCode, body: reply.json() };
};

test('a number is told by its plan; what only its network knows is unknown', async () => {
  const { status, body } = await lookUp('+447400123456?type=carrier');
  assert.equal(status, 200);
  assert.deepEqual(
    { ...body, api_id: '' },
    {
      api_id: '',
      phone_number: '+447400123456',
      country: { name: 'United Kingdom', iso2: 'GB', iso3: 'GBR' },
      format: {
        e164: '+447400123456',
        national: '07400 123456',
        international: '+44 7400 123456',
        rfc3966: 'tel:+447400123456',
      },
      carrier: { mobile_country_code: null, mobile_network_code: null, name: null, type: 'mobile', ported: 'unknown' },
      resource_uri: '/v1/Number/+447400123456?type=carrier',
    },
  );
});

test('kinds of lines', async () => {
  const cases = [
    ['14155550100', 'unknown', null],
    ['+18005550100', 'toll-free', ''],
    ['442079460000', 'fixed', ''],
  ] as const;
  for (const [number, type, code] of cases) {
    const { carrier } = (await lookUp(number)).body;
    assert.deepEqual([carrier.type, carrier.mobile_country_code], [type, code], number);
  }
});

test('what an account has it knows better than the plan; others learn nothing of it', async () => {
  await fixture.database.storage.pool.query(
    `insert into numbers (number, account_id, country_iso, type, carrier) values ('14155550110', $1, 'US', 'local', 'lab-smsc')`,
    [owner.authId],
  );
  assert.deepEqual((await lookUp('14155550110')).body.carrier.name, 'lab-smsc');
  assert.deepEqual((await lookUp('14155550110')).body.carrier.type, 'fixed');
  const other = (await lookUp('14155550110', stranger)).body.carrier;
  assert.deepEqual([other.name, other.type], [null, 'unknown']);
});

test('what is no number answers 404 in the form of this route', async () => {
  for (const number of ['12', 'abc', '999999999999999999', '%2B1']) {
    const { status, body } = await lookUp(number);
    assert.deepEqual(
      { status, ...body, api_id: '' },
      { status: 404, api_id: '', error_code: 404, message: 'Phone number is invalid or does not exist.' },
      number,
    );
  }
  assert.equal((await lookUp('14155550100?type=cnam')).status, 400);
  assert.equal((await fixture.http.inject({ url: '/v1/Number/14155550100' })).statusCode, 401);
});
