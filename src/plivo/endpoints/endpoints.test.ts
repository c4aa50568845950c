import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { digestHashes } from '../../voice/digest-hashes.ts';

describe('endpoints over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Endpoints');
  });
  after(() => fixture.close());

  const create = async (given: Record<string, unknown> = {}, who = api) => {
    const { status, body } = await who.post('Endpoint/', { username: 'ana', password: 'secret-1', alias: 'desk', ...given });
    assert.equal(status, 201, String(body.error));
    return { id: String(body.endpoint_id), username: String(body.username), body };
  };
  const application = async (given: Record<string, unknown> = {}, who = api) =>
    String((await who.post('Application/', { app_name: 'a', answer_url: 'http://127.0.0.1:9/', ...given })).body.app_id);

  it('are an empty list when there are none', async () => {
    const who = await createTenant(fixture, 'None');
    assert.deepEqual((await who.get('Endpoint/')).body.objects, []);
  });

  it('get a name of their own; the password is not kept, and what is shown of it is of no use', async () => {
    const { id, username, body } = await create();
    assert.match(username, /^ana\d{12}$/);
    assert.match(id, /^\d{14}$/);
    assert.deepEqual(body, { api_id: body.api_id, message: 'created', endpoint_id: id, username, alias: 'desk' });
    const shown = await api.get(`Endpoint/${id}/`);
    const { password, ...rest } = shown.body;
    assert.deepEqual(
      { ...rest, api_id: '' },
      {
        api_id: '',
        alias: 'desk',
        application: null,
        endpoint_id: id,
        resource_uri: `/v1/Account/${api.authId}/Endpoint/${id}/`,
        sip_registered: 'false',
        sip_uri: `sip:${username}@phone.plivo.com`,
        sub_account: null,
        username,
      },
    );
    assert.match(String(password), /^[0-9a-f]{32}$/);
    const stored = await fixture.services.endpoints.findByUsername(username);
    const hashes = digestHashes(username, 'secret-1');
    assert.deepEqual([stored?.ha1Md5, stored?.ha1Sha256], [hashes.md5, hashes.sha256]);
    assert.notEqual(password, hashes.md5);
    const { rows } = await fixture.database.storage.pool.query('select * from endpoints');
    assert.ok(!JSON.stringify(rows).includes('secret-1'));
  });

  it('show the device that is registered', async () => {
    const { id, username } = await create();
    voice.registered.set(username, {
      contact: 'sip:ana@198.51.100.7:57563;ob',
      userAgent: 'Phone/1',
      expiresAt: Date.UTC(2026, 2, 2, 8, 35, 3),
    });
    const { body } = await api.get(`Endpoint/${id}/`);
    assert.deepEqual(
      [body.sip_registered, body.sip_contact, body.sip_user_agent, body.sip_expires],
      ['true', 'sip:ana@198.51.100.7:57563;ob', 'Phone/1', '2026-03-02 08:35:03'],
    );
    const listed = objectsOf(await api.get('Endpoint/')).find((endpoint) => endpoint.endpoint_id === id);
    assert.equal(listed?.sip_contact, 'sip:ana@198.51.100.7:57563;ob');
  });

  it('belong to an application: the one named, or the default of the account', async () => {
    const who = await createTenant(fixture, 'Applications');
    const appId = await application({}, who);
    const named = await create({ app_id: appId }, who);
    assert.equal((await who.get(`Endpoint/${named.id}/`)).body.application, `/v1/Account/${who.authId}/Application/${appId}/`);
    const standard = await application({ default_endpoint_app: true }, who);
    const plain = await create({}, who);
    assert.match(String((await who.get(`Endpoint/${plain.id}/`)).body.application), new RegExp(standard));
    const { status, body } = await who.post('Endpoint/', { username: 'b', password: 'secret-1', alias: 'x', app_id: '123' });
    assert.deepEqual([status, body.error], [400, 'app_id parameter is invalid: the account has no such application']);
  });

  it('change; another password sends devices away', async () => {
    const { id, username } = await create();
    const before = (await api.get(`Endpoint/${id}/`)).body.password;
    const { status, body } = await api.post(`Endpoint/${id}/`, { alias: 'hall', username: 'other' });
    assert.deepEqual([status, body.message], [202, 'changed']);
    assert.equal(voice.dropped.includes(username), false);
    await api.post(`Endpoint/${id}/`, { password: 'secret-2' });
    const changed = (await api.get(`Endpoint/${id}/`)).body;
    assert.deepEqual([changed.alias, changed.username], ['hall', username]);
    assert.notEqual(changed.password, before);
    assert.ok(voice.dropped.includes(username));
    assert.equal((await api.post(`Endpoint/${id}/`, { password: 'abcd' })).status, 400);
  });

  it('go, and their devices with them', async () => {
    const { id, username } = await create();
    assert.equal((await api.delete(`Endpoint/${id}/`, { endpoint_id: id })).status, 204);
    assert.ok(voice.dropped.includes(username));
    assert.equal((await api.get(`Endpoint/${id}/`)).status, 404);
    assert.equal((await api.delete(`Endpoint/${id}/`)).status, 404);
  });

  it('go with their application, or to another one, or stay without', async () => {
    const who = await createTenant(fixture, 'Cascade');
    const endpointOf = async (id: string) => (await who.get(`Endpoint/${id}/`)).body.application;
    const first = await application({}, who);
    const heir = await application({}, who);
    const moved = await create({ app_id: first }, who);
    await who.delete(`Application/${first}/`, { cascade: false, new_endpoint_application: heir });
    assert.match(String(await endpointOf(moved.id)), new RegExp(heir));
    const lonely = await application({}, who);
    const left = await create({ app_id: lonely }, who);
    await who.delete(`Application/${lonely}/`, { cascade: false });
    assert.equal(await endpointOf(left.id), null);
    await who.delete(`Application/${heir}/`);
    assert.equal((await who.get(`Endpoint/${moved.id}/`)).status, 404);
    assert.ok(voice.dropped.includes(moved.username));
  });

  it('of a subaccount are its own, and fall to the main account or go with it', async () => {
    const who = await createTenant(fixture, 'Main');
    const sub = await createSubtenant(fixture, who, 'Branch');
    const theirs = await create({}, sub);
    assert.equal((await who.get(`Endpoint/${theirs.id}/`)).body.sub_account, sub.authId);
    const own = await create({}, who);
    assert.deepEqual(
      objectsOf(await sub.get('Endpoint/')).map((endpoint) => endpoint.endpoint_id),
      [theirs.id],
    );
    assert.equal((await sub.get(`Endpoint/${own.id}/`)).status, 404);
    await who.delete(`Subaccount/${sub.authId}/`);
    assert.equal((await who.get(`Endpoint/${theirs.id}/`)).body.sub_account, null);
    const other = await createSubtenant(fixture, who, 'Other');
    const gone = await create({}, other);
    await who.delete(`Subaccount/${other.authId}/`, { cascade: true });
    assert.equal((await who.get(`Endpoint/${gone.id}/`)).status, 404);
  });

  it('name what is wrong', async () => {
    const good = { username: 'ana', password: 'secret-1', alias: 'desk' };
    for (const [name, value] of [
      ['username', '1ana'],
      ['username', 'a'.repeat(26)],
      ['username', 'ana@home'],
      ['username', ''],
      ['password', '1234'],
      ['alias', ''],
    ] as const) {
      const { status, body } = await api.post('Endpoint/', { ...good, [name]: value });
      assert.equal(status, 400);
      assert.ok(String(body.error).startsWith(`${name} parameter`), String(body.error));
    }
    assert.equal((await api.get('Endpoint/abc/')).status, 404);
  });
});
