import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, HOSTILE_TEXTS, objectsOf } from '../../../testkit/api-client.ts';
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

test('a carrier is created, shown, changed and removed', async () => {
  const created = await main.post('IncomingCarrier/', { name: 'Own trunk', ip_set: '192.0.2.10, 2001:db8::/32' });
  assert.deepEqual([created.status, created.body.message], [201, 'created']);
  const id = String(created.body.carrier_id);
  assert.match(id, /^[1-9]\d{13}$/);
  const { body } = await main.get(`IncomingCarrier/${id}/`);
  assert.deepEqual(
    { ...body, api_id: '' },
    {
      api_id: '',
      carrier_id: id,
      ip_set: '192.0.2.10,2001:db8::/32',
      name: 'Own trunk',
      resource_uri: `/v1/Account/${main.authId}/IncomingCarrier/${id}/`,
      sms: false,
      voice: true,
    },
  );
  assert.equal((await main.post(`IncomingCarrier/${id}/`, { name: 'Renamed' })).status, 202);
  assert.equal((await main.post(`IncomingCarrier/${id}/`, { ip_set: '198.51.100.1', sms: 'true' })).status, 202);
  assert.equal((await main.post(`IncomingCarrier/${id}/`)).status, 202);
  const changed = await main.get(`IncomingCarrier/${id}/`);
  assert.deepEqual([changed.body.name, changed.body.ip_set, changed.body.sms], ['Renamed', '198.51.100.1', true]);
  assert.equal((await main.delete(`IncomingCarrier/${id}/`)).status, 204);
  assert.equal((await main.get(`IncomingCarrier/${id}/`)).status, 404);
  assert.equal((await main.delete(`IncomingCarrier/${id}/`)).status, 404);
});

test('its numbers stay with the account when it is removed', async () => {
  const created = await main.post('IncomingCarrier/', { name: 'Gone', ip_set: '192.0.2.11' });
  await main.post('Number/', { numbers: '442071838790', carrier: created.body.carrier_id, region: 'London' });
  await main.delete(`IncomingCarrier/${created.body.carrier_id}/`);
  assert.equal((await main.get('Number/442071838790/')).status, 200);
});

test('names are listed newest first and filtered whole', async () => {
  const owner = await createTenant(fixture, 'Lister');
  for (const name of ['a', 'b', 'ab']) {
    await owner.post('IncomingCarrier/', { name, ip_set: '192.0.2.1' });
    await fixture.clock.advance(10);
  }
  const names = async (query: string) => objectsOf(await owner.get(`IncomingCarrier/${query}`)).map((item) => item.name);
  assert.deepEqual(await names(''), ['ab', 'b', 'a']);
  assert.deepEqual(await names('?name=a'), ['a']);
  assert.deepEqual(await names('?limit=1&offset=1'), ['b']);
});

test('missing and malformed parameters are named', async () => {
  assert.equal((await main.post('IncomingCarrier/', { ip_set: '192.0.2.1' })).body.error, 'name parameter is missing');
  assert.equal((await main.post('IncomingCarrier/', { name: 'x' })).body.error, 'ip_set parameter is missing');
  for (const ipSet of [
    'example.com',
    '192.0.2.300',
    '192.0.2.0/33',
    '192.0.2.1,',
    '192.0.2.1/',
    '::/129',
    '1.1.1.1/8/8',
    "1'--",
  ]) {
    const reply = await main.post('IncomingCarrier/', { name: 'x', ip_set: ipSet });
    assert.equal(reply.status, 400, ipSet);
    assert.match(String(reply.body.error), /^ip_set parameter/);
  }
  assert.equal((await main.post('IncomingCarrier/', { name: 'x', ip_set: Array(101).fill('192.0.2.1').join(',') })).status, 400);
  for (const text of HOSTILE_TEXTS) {
    const reply = await main.post('IncomingCarrier/', { name: text, ip_set: '192.0.2.1' });
    assert.equal(reply.status, text === '\u0000' ? 400 : 201, text);
  }
});

test('other accounts find nothing, subaccounts are refused, disabled ones are not let in', async () => {
  const created = await main.post('IncomingCarrier/', { name: 'mine', ip_set: '192.0.2.1' });
  const path = `IncomingCarrier/${created.body.carrier_id}/`;
  const sub = await createSubtenant(fixture, main, 'Sub');
  const disabled = await createSubtenant(fixture, main, 'Disabled', false);
  for (const [client, status] of [
    [stranger, 404],
    [sub, 403],
    [disabled, 401],
  ] as const) {
    assert.equal((await client.get(path)).status, status);
    assert.equal((await client.post(path, { name: 'x' })).status, status);
    assert.equal((await client.delete(path)).status, status);
  }
  for (const [client, status] of [
    [sub, 403],
    [disabled, 401],
  ] as const) {
    assert.equal((await client.get('IncomingCarrier/')).status, status);
    assert.equal((await client.post('IncomingCarrier/', { name: 'x', ip_set: '192.0.2.1' })).status, status);
  }
  assert.deepEqual(objectsOf(await stranger.get('IncomingCarrier/')), []);
});
