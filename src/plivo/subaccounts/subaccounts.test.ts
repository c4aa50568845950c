import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type ApiClient,
  createApiClient,
  createSubtenant,
  createTenant,
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

test('a subaccount is created disabled, with credentials of the documented shape', async () => {
  const { status, body } = await main.post('Subaccount/', { name: 'Branch' });
  assert.equal(status, 201);
  assert.equal(body.message, 'created');
  assert.match(String(body.auth_id), /^SA[A-Z0-9]{18}$/);
  assert.equal(String(body.auth_token).length, 40);
  const shown = await main.get(`Subaccount/${body.auth_id}/`);
  assert.deepEqual(
    { ...shown.body, api_id: '' },
    {
      api_id: '',
      account: `/v1/Account/${main.authId}/`,
      auth_id: body.auth_id,
      auth_token: body.auth_token,
      created: '2026-01-12',
      enabled: false,
      modified: null,
      name: 'Branch',
      new_auth_token: body.auth_token,
      resource_uri: `/v1/Account/${main.authId}/Subaccount/${body.auth_id}/`,
    },
  );
});

test('a missing name and a wrong flag are named in the error', async () => {
  assert.equal((await main.post('Subaccount/', {})).body.error, 'name parameter is missing');
  const wrong = await main.post('Subaccount/', { name: 'x', enabled: 'perhaps' });
  assert.equal(wrong.status, 400);
  assert.match(String(wrong.body.error), /^enabled parameter/);
});

test('the list is newest first and pages by limit and offset', async () => {
  const owner = await createTenant(fixture, 'Lists');
  for (const name of ['one', 'two', 'three']) {
    await owner.post('Subaccount/', { name });
    await fixture.clock.advance(1_000);
  }
  assert.deepEqual(
    objectsOf(await owner.get('Subaccount/')).map((item) => item.name),
    ['three', 'two', 'one'],
  );
  const page = await owner.get('Subaccount/?limit=1&offset=1');
  assert.deepEqual(
    objectsOf(page).map((item) => item.name),
    ['two'],
  );
  assert.deepEqual(page.body.meta, {
    limit: 1,
    offset: 1,
    next: `/v1/Account/${owner.authId}/Subaccount/?limit=1&offset=2`,
    previous: `/v1/Account/${owner.authId}/Subaccount/?limit=1&offset=0`,
    total_count: 3,
  });
  assert.equal((await owner.get('Subaccount/?limit=21')).status, 400);
  assert.equal((await owner.get('Subaccount/?offset=-1')).status, 400);
});

test('an update takes flags as strings, and a disabled subaccount cannot authenticate from the next request on', async () => {
  const sub = await createSubtenant(fixture, main, 'Togglable');
  assert.equal((await sub.get('')).status, 200);
  assert.equal((await main.post(`Subaccount/${sub.authId}/`, { enabled: 'false' })).status, 400, 'name is required');
  const changed = await main.post(`Subaccount/${sub.authId}/`, { name: 'Renamed', enabled: 'false' });
  assert.deepEqual([changed.status, changed.body.message], [202, 'changed']);
  assert.equal((await sub.get('')).status, 401);
  const shown = await main.get(`Subaccount/${sub.authId}/`);
  assert.deepEqual([shown.body.name, shown.body.enabled, shown.body.modified], ['Renamed', false, '2026-01-12']);
  await main.post(`Subaccount/${sub.authId}/`, { name: 'Renamed', enabled: true });
  assert.equal((await sub.get('')).status, 200);
});

async function furnish(number: string): Promise<{ sub: ApiClient; appId: string; bought: string; own: string }> {
  const sub = await createSubtenant(fixture, main, 'Furnished');
  await stockInventory(fixture, [{ number }]);
  assert.equal((await main.post(`PhoneNumber/${number}/`, { subaccount: sub.authId })).status, 201);
  const carrier = await main.post('IncomingCarrier/', { name: 'own', ip_set: '192.0.2.1' });
  const own = `44${number.slice(1)}`;
  const added = await main.post('Number/', {
    numbers: own,
    carrier: carrier.body.carrier_id,
    region: 'London',
    subaccount: sub.authId,
  });
  assert.equal(added.status, 202, JSON.stringify(added.body));
  const app = await sub.post('Application/', { app_name: 'theirs', answer_url: 'https://a.example/' });
  await sub.post(`Number/${number}/`, { app_id: app.body.app_id });
  return { sub, appId: String(app.body.app_id), bought: number, own };
}

test('without cascade applications and numbers move to the main account', async () => {
  const { sub, appId, bought, own } = await furnish('14155550201');
  assert.equal((await main.delete(`Subaccount/${sub.authId}/`, { cascade: 'false' })).status, 204);
  assert.equal((await main.get(`Subaccount/${sub.authId}/`)).status, 404);
  assert.equal((await sub.get('')).status, 401);
  assert.equal((await main.get(`Application/${appId}/`)).body.sub_account, null);
  for (const number of [bought, own]) assert.equal((await main.get(`Number/${number}/`)).body.sub_account, null);
});

test('with cascade its applications are deleted and its numbers given up', async () => {
  const { sub, appId, bought, own } = await furnish('14155550202');
  const cached = await fixture.services.numberDirectory.find(bought);
  assert.equal(cached?.appId, appId);
  assert.equal((await main.delete(`Subaccount/${sub.authId}/?cascade=true`)).status, 204);
  assert.equal((await main.get(`Application/${appId}/`)).status, 404);
  for (const number of [bought, own]) assert.equal((await main.get(`Number/${number}/`)).status, 404);
  assert.equal(await fixture.services.numberDirectory.find(bought), undefined);
  const forSale = objectsOf(await main.get('PhoneNumber/?country_iso=US&pattern=4155550202'));
  assert.deepEqual(
    forSale.map((item) => item.number),
    [bought],
  );
});

test('an account reaches no other account’s subaccounts, a subaccount none at all', async () => {
  const sub = await createSubtenant(fixture, main, 'Scoped');
  const sibling = await createSubtenant(fixture, main, 'Sibling');
  for (const path of [`Subaccount/${sub.authId}/`, `Subaccount/${main.authId}/`, "Subaccount/SA'%20or%201=1/"]) {
    assert.equal((await stranger.get(path)).status, 404, path);
    assert.equal((await stranger.post(path, { name: 'x' })).status, 404, path);
    assert.equal((await stranger.delete(path)).status, 404, path);
  }
  for (const reply of [
    await sub.get('Subaccount/'),
    await sub.post('Subaccount/', { name: 'nested' }),
    await sub.get(`Subaccount/${sub.authId}/`),
    await sub.post(`Subaccount/${sibling.authId}/`, { name: 'x' }),
    await sub.delete(`Subaccount/${sibling.authId}/`),
  ]) {
    assert.deepEqual([reply.status, reply.body.error_code], [403, 'forbidden']);
  }
  assert.equal((await sub.get(`/v1/Account/${main.authId}/Subaccount/`)).status, 401);
  assert.equal((await sub.get(`/v1/Account/${sibling.authId}/`)).status, 401);
  const disabled = await createSubtenant(fixture, main, 'Disabled', false);
  assert.equal((await disabled.get('Subaccount/')).status, 401);
  const mixed = createApiClient(fixture, { authId: sub.authId, authToken: sibling.authToken });
  assert.equal((await mixed.get('')).status, 401);
});
