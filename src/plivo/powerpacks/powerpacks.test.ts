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

const ABSENT = '11111111-1111-4111-8111-111111111111';

test('a Powerpack is made with the documented defaults and an empty pool', async () => {
  const { status, body } = await main.post('Powerpack/', {
    name: 'defaults',
    application_type: '',
    application_id: '',
    number_priority: [],
  });
  assert.equal(status, 200, JSON.stringify(body));
  const { api_id: _api, uuid, number_pool, ...rest } = body;
  assert.match(String(uuid), /^[0-9a-f-]{36}$/);
  assert.match(String(number_pool), new RegExp(`^/v1/Account/${main.authId}/NumberPool/[0-9a-f-]{36}/$`));
  const us = { priority1: 'shortcode', priority2: 'tollfree', priority3: 'longcode' };
  const ca = { priority1: 'shortcode', priority2: 'longcode', priority3: 'tollfree' };
  assert.deepEqual(rest, {
    name: 'defaults',
    sticky_sender: true,
    local_connect: true,
    application_type: '',
    application_id: '',
    number_priority: [
      { service_type: 'SMS', country_iso: 'US', priority: us },
      { service_type: 'SMS', country_iso: 'CA', priority: ca },
      { service_type: 'MMS', country_iso: 'US', priority: us },
      { service_type: 'MMS', country_iso: 'CA', priority: ca },
    ],
    created_on: '2026-01-12T09:14:02.000000Z',
  });
  const pool = String(number_pool).split('/')[5];
  const lists = await main.get(`NumberPool/${pool}/`);
  assert.equal(lists.body.shortcodes, `${number_pool}Shortcode/`);
  assert.deepEqual((await main.get(`NumberPool/${pool}/Number/`)).body.meta, {
    limit: 20,
    offset: 0,
    next: '',
    previous: '',
    total_count: 0,
  });
});

test('what an update does not name stays, also among the priorities', async () => {
  const app = await main.post('Application/', { app_name: 'pool', message_url: 'https://app.example/m' });
  const created = await main.post('Powerpack/', {
    name: 'update',
    sticky_sender: 'false',
    application_type: 'xml',
    application_id: app.body.app_id,
  });
  assert.equal(created.body.application_type, 'XML');
  assert.equal(created.body.application_id, app.body.app_id);
  const path = `Powerpack/${created.body.uuid}/`;
  const changed = await main.post(path, {
    local_connect: false,
    number_priority: [
      { service_type: 'sms', country_iso: 'US', priority: { priority_1: 'longcode', priority_2: null, priority_3: null } },
    ],
  });
  assert.equal(changed.status, 200);
  assert.deepEqual(
    [changed.body.name, changed.body.sticky_sender, changed.body.local_connect, changed.body.application_id],
    ['update', false, false, app.body.app_id],
  );
  assert.ok(Array.isArray(changed.body.number_priority));
  assert.deepEqual(changed.body.number_priority[0].priority, { priority1: 'longcode', priority2: null, priority3: null });
  assert.equal(changed.body.number_priority[1].priority.priority2, 'longcode');
  assert.equal((await main.post(path, { application_id: 'none' })).body.application_id, '');
  assert.deepEqual((await main.get(path)).body.application_type, '');
});

test('a deleted application leaves its Powerpacks without one', async () => {
  const app = await main.post('Application/', { app_name: 'gone', message_url: 'https://app.example/m' });
  const created = await main.post('Powerpack/', { name: 'orphan', application_type: 'xml', application_id: app.body.app_id });
  await main.delete(`Application/${app.body.app_id}/`);
  assert.equal((await main.get(`Powerpack/${created.body.uuid}/`)).body.application_id, '');
});

test('refusals name what is wrong', async () => {
  await main.post('Powerpack/', { name: 'taken' });
  const other = await main.post('Powerpack/', { name: 'free' });
  const refused: readonly (readonly [Record<string, unknown>, number, RegExp])[] = [
    [{}, 400, /name parameter is missing/],
    [{ name: 'taken' }, 409, /taken/],
    [{ name: 'a', application_id: '12345' }, 400, /application_type parameter is missing/],
    [{ name: 'a', application_type: 'xml', application_id: '12345' }, 400, /application_id/],
    [{ name: 'a', application_type: 'phlo', application_id: ABSENT }, 400, /PHLO/],
    [{ name: 'a', application_type: 'html', application_id: '12345' }, 400, /application_type/],
    [{ name: 'a', sticky_sender: 'perhaps' }, 400, /sticky_sender/],
    [{ name: 'a', number_priority: [{ service_type: 'FAX', country_iso: 'US', priority: {} }] }, 400, /service_type/],
    [{ name: 'a', number_priority: [{ service_type: 'SMS', country_iso: 'GB', priority: {} }] }, 400, /country_iso/],
    [{ name: 'a', number_priority: [{ service_type: 'SMS', country_iso: 'US', priority: {} }] }, 400, /priority/],
    [
      {
        name: 'a',
        number_priority: [
          { service_type: 'SMS', country_iso: 'US', priority: { priority1: 'longcode', priority2: 'longcode', priority3: null } },
        ],
      },
      400,
      /at most once/,
    ],
  ];
  for (const [body, status, error] of refused) {
    const reply = await main.post('Powerpack/', body);
    assert.equal(reply.status, status, JSON.stringify([body, reply.body]));
    assert.match(String(reply.body.error), error);
  }
  assert.equal((await main.post(`Powerpack/${other.body.uuid}/`, { name: 'taken' })).status, 409);
  assert.equal((await main.post(`Powerpack/${other.body.uuid}/`, { name: 'free' })).status, 200);
  for (const id of [ABSENT, 'x', "1' or '1'='1"]) {
    assert.equal((await main.get(`Powerpack/${encodeURIComponent(id)}/`)).status, 404);
    assert.equal((await main.get(`NumberPool/${encodeURIComponent(id)}/Number/`)).status, 404);
  }
});

test('hostile names are kept as they are, or refused', async () => {
  for (const name of HOSTILE_TEXTS) {
    const reply = await main.post('Powerpack/', { name });
    assert.ok([200, 400].includes(reply.status), name);
    if (reply.status === 200) assert.equal((await main.get(`Powerpack/${reply.body.uuid}/`)).body.name, name);
  }
});

test('lists are paged, newest first', async () => {
  const owner = await createTenant(fixture, 'Pages');
  for (const name of ['one', 'two', 'three']) {
    await fixture.clock.advance(1_000);
    await owner.post('Powerpack/', { name });
  }
  const page = await owner.get('Powerpack/?limit=2&service=sms');
  assert.deepEqual(
    objectsOf(page).map((item) => item.name),
    ['three', 'two'],
  );
  assert.deepEqual(page.body.meta, {
    limit: 2,
    offset: 0,
    next: `/v1/Account/${owner.authId}/Powerpack/?limit=2&offset=2`,
    previous: null,
    total_count: 3,
  });
});

test('nobody reaches the Powerpack or pool of another account, of the main account or of another subaccount', async () => {
  const sub = await createSubtenant(fixture, main, 'Branch');
  const sibling = await createSubtenant(fixture, main, 'Sibling');
  const number = '14155550900';
  await stockInventory(fixture, [{ number }]);
  assert.equal((await main.post(`PhoneNumber/${number}/`)).status, 201);
  const owned = await main.post('Powerpack/', { name: 'private' });
  const ofSub = await sub.post('Powerpack/', { name: 'private' });
  assert.equal(ofSub.status, 200, 'names are per owner');
  const poolOf = (body: Record<string, unknown>) => String(body.number_pool).split('/')[5];
  await main.post(`NumberPool/${poolOf(owned.body)}/Number/${number}/`);
  const tries = (id: unknown, pool: string | undefined) =>
    [
      ['get', `Powerpack/${id}/`],
      ['post', `Powerpack/${id}/`],
      ['delete', `Powerpack/${id}/`],
      ['get', `NumberPool/${pool}/`],
      ...['Number', 'Tollfree', 'Shortcode'].flatMap((list) => [
        ['get', `NumberPool/${pool}/${list}/`],
        ['get', `NumberPool/${pool}/${list}/${number}/`],
        ['delete', `NumberPool/${pool}/${list}/${number}/`],
      ]),
      ['post', `NumberPool/${pool}/Number/${number}/`],
      ['post', `NumberPool/${pool}/Tollfree/${number}/`],
    ] as const;
  for (const [who, target] of [
    [stranger, owned],
    [sub, owned],
    [sibling, ofSub],
    [stranger, ofSub],
  ] as const) {
    for (const [verb, path] of tries(target.body.uuid, poolOf(target.body))) {
      const body = { name: 'stolen', unrent: true, unrent_numbers: true, rent: true };
      const reply =
        verb === 'get' ? await who.get(path) : verb === 'post' ? await who.post(path, body) : await who.delete(path, body);
      assert.equal(reply.status, 404, `${verb} ${path}`);
    }
    assert.deepEqual(
      objectsOf(await who.get('Powerpack/')).filter((item) => item.uuid === target.body.uuid),
      [],
    );
  }
  assert.equal((await main.get(`Powerpack/${owned.body.uuid}/`)).body.name, 'private');
  assert.equal((await main.get(`NumberPool/${poolOf(owned.body)}/Number/${number}/`)).status, 200);
  // The main account reaches those of its subaccounts; a subaccount adds its own numbers only, and rents none.
  assert.equal((await main.get(`Powerpack/${ofSub.body.uuid}/`)).status, 200);
  assert.equal((await sub.post(`NumberPool/${poolOf(ofSub.body)}/Number/${number}/`)).status, 404);
  assert.equal((await sub.post(`NumberPool/${poolOf(ofSub.body)}/Number/14155550901/`, { rent: 'true' })).status, 403);
});
