import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, HOSTILE_TEXTS, objectsOf } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

const URL_A = 'https://app.example/answer';
let fixture: PlivoFixture;
let main: ApiClient;
let stranger: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  main = await createTenant(fixture, 'Main');
  stranger = await createTenant(fixture, 'Stranger');
});
after(() => fixture.close());

async function create(client: ApiClient, body: Record<string, unknown>): Promise<string> {
  const reply = await client.post('Application/', { app_name: 'app', answer_url: URL_A, ...body });
  assert.deepEqual([reply.status, reply.body.message], [201, 'created'], JSON.stringify(reply.body));
  assert.match(String(reply.body.app_id), /^[1-9]\d{16}$/);
  return String(reply.body.app_id);
}

test('an application has documented defaults, and every key of the object with its type', async () => {
  const id = await create(main, { app_name: 'defaults' });
  const { body } = await main.get(`Application/${id}/`);
  assert.deepEqual(
    { ...body, api_id: '' },
    {
      api_id: '',
      answer_method: 'POST',
      answer_url: URL_A,
      app_id: id,
      app_name: 'defaults',
      application_type: 'XML',
      default_app: false,
      default_endpoint_app: false,
      default_number_app: false,
      enabled: true,
      fallback_answer_url: '',
      fallback_method: 'POST',
      hangup_method: 'POST',
      hangup_url: URL_A,
      log_incoming_messages: true,
      message_method: 'POST',
      message_url: '',
      production_app: false,
      public_uri: false,
      resource_uri: `/v1/Account/${main.authId}/Application/${id}/`,
      sip_uri: `sip:${id}@127.0.0.1`,
      sub_account: null,
    },
  );
});

test('what an update does not send stays; null and empty count as not sent', async () => {
  const id = await create(main, { message_url: 'https://app.example/message', log_incoming_messages: 'false' });
  const reply = await main.post(`Application/${id}/`, {
    answer_url: 'https://app.example/new',
    answer_method: 'GET',
    message_url: null,
    hangup_url: '',
    app_name: 'ignored',
  });
  assert.deepEqual([reply.status, reply.body.message], [202, 'changed']);
  const { body } = await main.get(`Application/${id}/`);
  assert.deepEqual(
    [body.answer_url, body.answer_method, body.message_url, body.hangup_url, body.app_name, body.log_incoming_messages],
    ['https://app.example/new', 'GET', 'https://app.example/message', URL_A, 'app', false],
  );
  assert.equal((await main.post(`Application/${id}/`)).status, 202, 'an empty update changes nothing');
});

test('missing and wrong parameters are named', async () => {
  assert.equal((await main.post('Application/', { answer_url: URL_A })).body.error, 'app_name parameter is missing');
  assert.equal((await main.post('Application/', { app_name: 'x' })).body.error, 'answer_url parameter is missing');
  for (const [name, value] of [
    ['answer_url', 'not a url'],
    ['answer_url', 'ftp://x/'],
    ['answer_url', 'http://['],
    ['message_url', 'https://app.example:99999/'],
    ['answer_url', 'http://x/\r\nHost: y'],
    ['answer_url', `http://x/${'a'.repeat(3000)}`],
    ['answer_method', 'PATCH'],
    ['public_uri', 'maybe'],
    ['subaccount', 'SAXXXXXXXXXXXXXXXXXX'],
    ['app_name', 'x'.repeat(300)],
    ['app_name', { an: 'object' }],
  ] as const) {
    const reply = await main.post('Application/', { app_name: 'x', answer_url: URL_A, [name]: value });
    assert.equal(reply.status, 400, `${name} ${JSON.stringify(value)}`);
    assert.match(String(reply.body.error), new RegExp(`^${name} parameter`));
  }
});

test('an application for messages alone needs no answer_url', async () => {
  const reply = await main.post('Application/', { app_name: 'texts', message_url: 'https://app.example/m' });
  assert.equal(reply.status, 201);
  const { body } = await main.get(`Application/${reply.body.app_id}/`);
  assert.deepEqual([body.answer_url, body.hangup_url], ['', '']);
});

test('one application of an account is the default for numbers, one for endpoints, also when many want to be', async () => {
  const owner = await createTenant(fixture, 'Defaults');
  const ids = await Promise.all(
    Array.from({ length: 6 }, (_, index) => create(owner, { app_name: `app-${index}`, default_number_app: true })),
  );
  await owner.post(`Application/${ids[0]}/`, { default_endpoint_app: true });
  await owner.post(`Application/${ids[1]}/`, { default_endpoint_app: 'True', default_number_app: 'True' });
  const all = objectsOf(await owner.get('Application/'));
  assert.deepEqual(
    all.filter((app) => app.default_app).map((app) => app.app_id),
    [ids[1]],
  );
  assert.deepEqual(
    all.filter((app) => app.default_endpoint_app).map((app) => app.app_id),
    [ids[1]],
  );
  await owner.post(`Application/${ids[1]}/`, { default_number_app: false, default_endpoint_app: false });
  assert.equal(
    objectsOf(await owner.get('Application/')).some((app) => app.default_app || app.default_endpoint_app),
    false,
  );
});

test('the list filters by prefix of the name and by subaccount, newest first', async () => {
  const owner = await createTenant(fixture, 'Lister');
  const sub = await createSubtenant(fixture, owner, 'Branch');
  for (const name of ['alpha', 'alpine', 'beta', '100%', '100x']) {
    await create(owner, { app_name: name });
    await fixture.clock.advance(10);
  }
  await create(sub, { app_name: 'alps' });
  const names = async (query: string, client = owner) =>
    objectsOf(await client.get(`Application/${query}`)).map((app) => app.app_name);
  assert.deepEqual(await names(''), ['alps', '100x', '100%', 'beta', 'alpine', 'alpha']);
  assert.deepEqual(await names('?app_name=alp'), ['alps', 'alpine', 'alpha']);
  assert.deepEqual(await names('?app_name=100%25'), ['100%']);
  assert.deepEqual(await names(`?subaccount=${sub.authId}`), ['alps']);
  assert.deepEqual(await names('', sub), ['alps'], 'a subaccount sees its own alone');
  assert.deepEqual(await names(`?subaccount=${owner.authId}`, sub), ['alps'], 'whatever it asks for');
  assert.deepEqual(await names('?subaccount=SAXXXXXXXXXXXXXXXXXX'), []);
  assert.equal((await owner.get('Application/?subaccount=nonsense')).status, 400);
  const page = await owner.get('Application/?app_name=alp&limit=2');
  assert.deepEqual(page.body.meta, {
    limit: 2,
    offset: 0,
    next: `/v1/Account/${owner.authId}/Application/?app_name=alp&limit=2&offset=2`,
    previous: null,
    total_count: 3,
  });
});

test('hostile texts are stored as they are or refused, and find nothing they should not', async () => {
  const owner = await createTenant(fixture, 'Hostile');
  for (const text of HOSTILE_TEXTS) {
    const reply = await owner.post('Application/', { app_name: text, answer_url: URL_A });
    if (text === '\u0000') {
      assert.equal(reply.status, 400);
      continue;
    }
    assert.equal(reply.status, 201, text);
    assert.equal((await owner.get(`Application/${reply.body.app_id}/`)).body.app_name, text);
    const found = objectsOf(await owner.get(`Application/?app_name=${encodeURIComponent(text)}`));
    assert.deepEqual(
      found.map((app) => app.app_id),
      [reply.body.app_id],
    );
  }
  for (const id of ["1'%20or%20'1'='1", '1%3B--', '9'.repeat(400), '-1', '%F0%9F%99%82']) {
    assert.equal((await owner.get(`Application/${id}/`)).status, 404, id);
    assert.equal((await owner.post(`Application/${id}/`, { answer_url: URL_A })).status, 404, id);
    assert.equal((await owner.delete(`Application/${id}/`)).status, 404, id);
  }
});

test('another account finds, changes and deletes nothing; a subaccount only its own', async () => {
  const sub = await createSubtenant(fixture, main, 'Own');
  const sibling = await createSubtenant(fixture, main, 'Sibling');
  const disabled = await createSubtenant(fixture, main, 'Disabled', false);
  const mainApp = await create(main, {});
  const subApp = await create(sub, {});
  for (const [client, id, status] of [
    [stranger, mainApp, 404],
    [stranger, subApp, 404],
    [sub, mainApp, 404],
    [sibling, subApp, 404],
    [disabled, subApp, 401],
  ] as const) {
    assert.equal((await client.get(`Application/${id}/`)).status, status);
    assert.equal((await client.post(`Application/${id}/`, { answer_url: URL_A })).status, status);
    assert.equal((await client.delete(`Application/${id}/`)).status, status);
  }
  assert.equal((await disabled.get('Application/')).status, 401);
  assert.equal((await main.get(`Application/${subApp}/`)).body.sub_account, sub.authId);
  const addressed = await main.get(`/v1/Account/${sub.authId}/Application/`);
  assert.deepEqual(
    objectsOf(addressed).map((app) => app.app_id),
    [subApp],
  );
  assert.equal((await main.get(`/v1/Account/${sub.authId}/Application/${mainApp}/`)).status, 404);
});

test('only the main account gives applications to subaccounts and sets the defaults of the account', async () => {
  const sub = await createSubtenant(fixture, main, 'Receiver');
  const sibling = await createSubtenant(fixture, main, 'Sibling');
  const foreign = await createSubtenant(fixture, stranger, 'Foreign');
  const id = await create(main, { subaccount: sub.authId });
  assert.equal((await sub.get(`Application/${id}/`)).status, 200);
  assert.equal((await main.post(`Application/${id}/`, { subaccount: sibling.authId })).status, 202);
  assert.equal((await sub.get(`Application/${id}/`)).status, 404);
  assert.equal((await main.post(`Application/${id}/`, { subaccount: main.authId })).status, 202);
  assert.equal((await main.get(`Application/${id}/`)).body.sub_account, null);
  assert.equal((await main.post(`Application/${id}/`, { subaccount: foreign.authId })).status, 400);
  const own = await create(sub, { subaccount: sub.authId, default_number_app: false });
  assert.equal((await sub.post(`Application/${own}/`, { subaccount: sibling.authId })).status, 403);
  assert.equal((await sub.post(`Application/${own}/`, { default_number_app: true })).status, 403);
});

test('deleting names an heir for endpoints that must exist, and the engines see it at once', async () => {
  const heir = await create(main, {});
  const id = await create(main, {});
  assert.equal((await fixture.services.applicationDirectory.find(id))?.answerUrl, URL_A);
  for (const wrong of ['99999999999999999', id, 'x']) {
    const reply = await main.delete(`Application/${id}/`, { cascade: false, new_endpoint_application: wrong });
    assert.equal(reply.status, 400);
    assert.match(String(reply.body.error), /^new_endpoint_application parameter/);
  }
  assert.equal((await main.delete(`Application/${id}/?cascade=0&new_endpoint_application=${heir}`)).status, 204);
  assert.equal(await fixture.services.applicationDirectory.find(id), undefined);
  assert.equal((await main.delete(`Application/${id}/`)).status, 404);
});

test('an asynchronous creation that runs again after a crash makes one application', async () => {
  const owner = await createTenant(fixture, 'Async');
  const { commands } = await import('../commands.ts');
  const command = commands.find((item) => item.name === 'create-application');
  const account = await fixture.services.directory.find(owner.authId);
  assert.ok(command && account);
  const run = () =>
    command.prepare({ app_name: 'once', answer_url: URL_A })(
      {
        scope: { account, subaccount: null, authId: owner.authId, byMainAccount: true },
        apiId: 'a',
        userAgent: '',
        requesterIp: '127.0.0.1',
        files: [],
        now: fixture.clock.now(),
        idempotencyKey: '0197f0c0-0000-7000-8000-000000000001',
      },
      fixture.services,
    );
  assert.deepEqual(await run(), await run());
  assert.equal(objectsOf(await owner.get('Application/')).length, 1);
});
