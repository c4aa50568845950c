import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { type MessageRow, storeMessage } from '../../../testkit/message-rows.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { MessageSearchStore } from '../../messaging/message-search-store.ts';

let fixture: PlivoFixture;
before(async () => {
  fixture = await createPlivoFixture();
  await fixture.services.accounts.update(fixture.account.authId, { settings: { messageListsPerMinute: 0 } }, new Date());
  fixture.services.directory.invalidate(fixture.account.authId);
});
beforeEach(() => fixture.database.storage.pool.query('truncate messages, outbox, lingering_mark'));
after(() => fixture.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const store = (agoMs: number, row: MessageRow = {}) => storeMessage(fixture, agoMs, row);

const get = (rest: string, headers: { authorization: string } = fixture.mainAuth) =>
  fixture.http.inject({ url: fixture.path(rest), headers });

async function listed(query: string): Promise<string[]> {
  const reply = await get(`Message/?${query}`);
  assert.equal(reply.statusCode, 200, `${query}: ${reply.body}`);
  return reply.json().objects.map((object: { message_uuid: string }) => object.message_uuid);
}

async function addAccount(kind: 'MA' | 'SA'): Promise<{ authId: string; authToken: string }> {
  const { ids, accounts } = fixture.services;
  const account = { authId: ids.authId(kind), authToken: ids.authToken(), name: 'Other' };
  await accounts.insert({ ...account, ...(kind === 'SA' && { parentId: fixture.account.authId, enabled: true }) });
  return account;
}

test('an account sees its own messages, a subaccount only those of its own', async () => {
  const other = await addAccount('MA');
  const subaccount = await addAccount('SA');
  const main = await store(2 * MINUTE);
  const sub = await store(MINUTE, { owner_id: subaccount.authId });
  const foreign = await store(0, { account_id: other.authId, owner_id: other.authId });
  assert.deepEqual(await listed(''), [sub, main]);
  assert.deepEqual(await listed(`subaccount=${subaccount.authId}`), [sub]);
  assert.equal((await get('Message/?subaccount=SAx')).statusCode, 400);
  assert.equal((await get(`Message/${foreign}/`)).statusCode, 404);
  const asSub = (rest: string) =>
    fixture.http.inject({ url: `/v1/Account/${subaccount.authId}/${rest}`, headers: basic(subaccount) });
  assert.deepEqual(
    (await asSub('Message/')).json().objects.map((object: { message_uuid: string }) => object.message_uuid),
    [sub],
  );
  assert.equal((await asSub(`Message/${main}/`)).statusCode, 404);
  const seen = (await asSub(`Message/${sub}/`)).json();
  assert.equal(seen.resource_uri, `/v1/Account/${subaccount.authId}/Message/${sub}/`);
  const byMain = await fixture.http.inject({ url: `/v1/Account/${subaccount.authId}/Message/`, headers: fixture.mainAuth });
  assert.equal(byMain.json().objects.length, 1);
});

test('every filter narrows the list to what matches it', async () => {
  const plain = await store(HOUR);
  const cases: [string, MessageRow][] = [
    ['message_direction=inbound', { direction: 'inbound', state: 'received' }],
    ['message_direction=inbound&message_state=delivered', { direction: 'inbound', state: 'delivered' }],
    ['message_state=delivered', { state: 'delivered' }],
    ['message_state=sent', { state: 'sent' }],
    ['message_state=received', { direction: 'inbound', state: 'received' }],
    ['message_state=failed', { state: 'failed', error_code: '900' }],
    ['message_state=undelivered', { state: 'undelivered', error_code: '30' }],
    ['message_state=read&message_type=whatsapp', { state: 'read', service: 'whatsapp', error_code: '000' }],
    ['message_type=mms', { service: 'mms' }],
    ['error_code=420', { state: 'failed', error_code: '420' }],
    ['error_code=000', { error_code: '000' }],
    ['error_code=0', { error_code: '000' }],
    ['powerpack_id=p%271', { powerpack_id: "p'1" }],
    ['from_number=%2B1%20415-555-0199', { from_number: '14155550199' }],
    ['from_number=Shop', { from_number: 'Shop' }],
    ['to_number=%2B14155550198', { to_number: '14155550198' }],
    ['to_number=14155550***', { to_number: '14155550***' }],
    ['destination_country_iso2=gb', { country: 'GB' }],
    ['tendlc_campaign_id=CXX', { campaign_id: 'CXX' }],
    ['tendlc_registration_status=registered', { campaign_status: 'registered' }],
    ['conversation_id=c1', { service: 'whatsapp', details: { conversation: { id: 'c1', origin: 'service', expiresAt: 0 } } }],
    [
      'conversation_origin=service',
      { service: 'whatsapp', details: { conversation: { id: 'c1', origin: 'service', expiresAt: 0 } } },
    ],
  ];
  for (const [query, row] of cases) {
    const match = await store(0, row);
    assert.deepEqual(await listed(query), [match], query);
    assert.deepEqual(await listed(''), [match, plain]);
    await fixture.database.storage.pool.query('delete from messages where id = $1', [match]);
    assert.deepEqual(await listed(query), [], query);
  }
  assert.deepEqual(await listed('message_state=rejected'), []);
});

test('messages that linger in a passing state are found in it, and no more once they have left it', async () => {
  const { pool } = fixture.database.storage;
  const chore = fixture.ringdown.chores.find(({ name }) => name === 'lingering messages');
  assert.ok(chore);
  const old = [await store(3 * HOUR, { state: 'sent' }), await store(2 * HOUR, { state: 'sent' })];
  const unanswered = await store(HOUR, { direction: 'inbound', state: 'received' });
  const young = await store(MINUTE, { state: 'sent' });
  await chore.run();
  assert.deepEqual(await listed('message_state=sent'), [young, old[1], old[0]]);
  assert.deepEqual(await listed('message_state=received'), [unanswered]);
  assert.deepEqual(await listed('message_direction=outbound'), [young, old[1], old[0]]);
  await pool.query("update messages set state = 'delivered', error_code = '000' where id = $1", [old[0]]);
  assert.deepEqual(await listed('message_state=sent'), [young, old[1]]);
  assert.deepEqual(await listed('message_state=delivered'), [old[0]]);
  assert.deepEqual(await listed('error_code=000'), [old[0]]);
  const { rows } = await pool.query('select id from messages where lingers order by id');
  assert.deepEqual(
    rows.map((row) => row.id),
    [old[0], old[1], unanswered],
    'the young one is not marked, and the mark moves on',
  );
});

test('a filter with a wrong value is refused by name', async () => {
  const queries = [
    'message_state=lost',
    'message_direction=up',
    'message_type=fax',
    'error_code=abc',
    'error_code=-1',
    'destination_country_iso2=USA',
    'tendlc_registration_status=maybe',
    'conversation_origin=spam',
    'from_number=%00',
    'message_time=yesterday',
    'message_time__gt=2026-02-30%2010:00',
    'message_time_lte=1768209242',
    'limit=21',
    'limit=0',
    'offset=-1',
    'message_state=sent&message_state=queued',
  ];
  for (const query of queries) {
    const reply = await get(`Message/?${query}`);
    assert.equal(reply.statusCode, 400, query);
    assert.match(reply.json().error, new RegExp(`^${query.split('=')[0]} parameter is invalid`));
  }
});

test('without a time filter the last 24 hours are listed, with one at most 90 days', async () => {
  const ancient = await store(91 * DAY);
  const old = await store(89 * DAY);
  const yesterday = await store(25 * HOUR);
  const recent = await store(23 * HOUR);
  assert.deepEqual(await listed(''), [recent]);
  assert.deepEqual(await listed('message_time__lt=2027-01-01 00:00'), [recent, yesterday, old]);
  assert.deepEqual(await listed('message_time__gte=2020-01-01 00:00'), [recent, yesterday, old]);
  assert.equal((await get(`Message/${ancient}/`)).statusCode, 200);
});

test('time ranges are exact to the millisecond, in UTC, and combine', async () => {
  // The clock stands at 2026-01-12 09:14:02.000.
  const ids = await Promise.all([3, 2, 1, 0].map((ms) => store(ms)));
  const [at997, at998, at999, at000] = ids;
  const cases: [string, unknown[]][] = [
    ['message_time__gt=2026-01-12 09:14:01.998', [at000, at999]],
    ['message_time__gte=2026-01-12 09:14:01.998', [at000, at999, at998]],
    ['message_time__gte=2026-01-12 09:14:01.997230', [at000, at999, at998]],
    ['message_time__lt=2026-01-12 09:14:01.998000', [at997]],
    ['message_time__lt=2026-01-12 09:14:01.998001', [at998, at997]],
    ['message_time__lte=2026-01-12 09:14:01.998', [at998, at997]],
    ['message_time_lte=2026-01-12 09:14:01.998', [at998, at997]],
    ['message_time_gte=2026-01-12 09:14:02', [at000]],
    ['message_time_gt=2026-01-12 09:14:02', []],
    ['message_time_lt=2026-01-12 09:14', []],
    ['message_time=2026-01-12 09:14', [at000, at999, at998, at997]],
    ['message_time=2026-01-12 09:14:01', [at999, at998, at997]],
    ['message_time=2026-01-12 09:14:01.998000', [at998]],
    ['message_time__gt=2026-01-12 09:14:01.997&message_time__lt=2026-01-12 09:14:02', [at999, at998]],
    ['message_time__gt=2026-01-12 09:15&message_time__lt=2026-01-12 09:14', []],
  ];
  for (const [query, expected] of cases) assert.deepEqual(await listed(query.replaceAll(' ', '%20')), expected, query);
});

test('pages follow each other newest first, and their links keep the filters', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 45; i++) ids.unshift(await store((45 - i) * MINUTE));
  await store(0, { state: 'sent' });
  const seen: string[] = [];
  let path: string | null = fixture.path('Message/?message_state=queued&message_time__gte=2026-01-12%2000:00');
  let pages = 0;
  while (path) {
    const answer: LightMyRequestResponse = await fixture.http.inject({ url: path, headers: fixture.mainAuth });
    const reply = answer.json();
    assert.equal('total_count' in reply.meta, false);
    seen.push(...reply.objects.map((object: { message_uuid: string }) => object.message_uuid));
    path = reply.meta.next;
    pages++;
    if (path) assert.match(path, /^\/v1\/Account\/MA\w+\/Message\/\?.*message_state=queued/);
  }
  assert.equal(pages, 3);
  assert.deepEqual(seen, ids);
  const last = (await get('Message/?message_state=queued&limit=20&offset=40')).json();
  assert.equal(last.meta.next, null);
  assert.match(last.meta.previous, /message_state=queued&limit=20&offset=20$/);
  const beyond = (await get('Message/?offset=1000')).json();
  assert.deepEqual(beyond.objects, []);
});

test('lists are limited to 20 a minute unless the account says otherwise', async () => {
  const own = await createPlivoFixture();
  try {
    const ask = () => own.http.inject({ url: own.path('Message/'), headers: own.mainAuth });
    for (let i = 0; i < 20; i++) assert.equal((await ask()).statusCode, 200);
    const refused = await ask();
    assert.equal(refused.statusCode, 429);
    assert.match(refused.json().error, /too many requests/);
    assert.equal((await own.http.inject({ url: own.path('Media/'), headers: own.mainAuth })).statusCode, 200);
    await own.clock.advance(MINUTE);
    assert.equal((await ask()).statusCode, 200);
  } finally {
    await own.close();
  }
});

test('a search that takes too long is given up with advice', async () => {
  const { pool } = fixture.database.storage;
  const impatient = new MessageSearchStore(fixture.database.storage.pool, 50);
  const blocker = await pool.connect();
  try {
    await blocker.query('begin; lock table messages in access exclusive mode');
    const reach = { accountId: fixture.account.authId, subaccountId: undefined };
    await assert.rejects(impatient.list(reach, { fromMs: 0, toMs: undefined }, 20, 0), /narrow message_time/);
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }
});
