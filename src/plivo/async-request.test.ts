import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import type { ReceivedWebhook } from '../../testkit/webhook-target.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.submits.length = 0;
  rig.hooks.received.length = 0;
});

const DEAD_NODE = '00000000-0000-4000-8000-00000000000d';
const callback = () => rig.hooks.url('/reply');
const sendLater = (change: Record<string, unknown> = {}) =>
  rig.tenant.post('Message/', { src: OWN, dst: PHONE, text: 'Later', callback_url: callback(), ...change });
const stored = async () => (await rig.query('select from async_requests')).length;
const replies = (): ReceivedWebhook[] => rig.hooks.received.filter(({ path }) => path.startsWith('/reply'));

async function reply(): Promise<ReceivedWebhook> {
  await rig.until(() => replies().length > 0);
  return replies()[0] ?? assert.fail();
}

test('a request with callback_url is answered at once, and its real reply is posted', async () => {
  const answer = await sendLater();
  assert.deepEqual([answer.status, answer.body.message, answer.body.message_uuid], [202, 'async api spawned', undefined]);
  const posted = JSON.parse((await reply()).body);
  assert.equal(posted.message, 'message(s) queued');
  assert.equal(posted.api_id, answer.body.api_id);
  await rig.reaches(posted.message_uuid[0], 'sent');
  assert.equal(await stored(), 0);
});

test('the reply of a GET callback comes as query parameters', async () => {
  await sendLater({ callback_method: 'GET' });
  const { method, params } = await reply();
  assert.deepEqual([method, params.message], ['GET', 'message(s) queued']);
});

test('of voice the reply comes in fields of a form: api_id, status_code and response, which is JSON', async () => {
  const { body: endpoint } = await rig.tenant.post('Endpoint/', { username: 'later', password: 'secret-1', alias: 'later' });
  const later = encodeURIComponent(callback());
  for (const [ask, status, expected] of [
    [() => rig.tenant.get(`Endpoint/?callback_url=${later}`), '200', /"objects":\[\{.*"alias":"later"/],
    [() => rig.tenant.get(`Call/${DEAD_NODE}/?callback_url=${later}`), '404', /"error":"not found"/],
    [() => rig.tenant.get(`Endpoint/?callback_url=${later}&callback_method=GET`), '200', /"total_count":1/],
    [() => rig.tenant.delete(`Endpoint/${endpoint.endpoint_id}/?callback_url=${later}`), '204', /^\{"api_id":"[^"]+"\}$/],
  ] as const) {
    rig.hooks.received.length = 0;
    const answer = await ask();
    assert.deepEqual([answer.status, answer.body.message], [200, 'async api spawned']);
    const { method, headers, params } = await reply();
    if (method === 'POST') assert.match(headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.deepEqual(Object.keys(params).sort(), ['api_id', 'response', 'status_code']);
    assert.deepEqual([params.api_id, params.status_code], [answer.body.api_id, status]);
    assert.match(params.response ?? '', expected);
    assert.equal(JSON.parse(params.response ?? '').api_id, answer.body.api_id);
  }
});

test('of multiparty calls the reply comes as the body itself', async () => {
  const { body } = await rig.tenant.get(`MultiPartyCall/?callback_url=${encodeURIComponent(callback())}`);
  assert.equal(JSON.parse((await reply()).body).api_id, body.api_id);
});

test('an error is a reply as well', async () => {
  await sendLater({ dst: '12x' });
  assert.equal(JSON.parse((await reply()).body).error_code, 'invalid_parameter');
});

test('parameters that are wrong are refused at once, those that nobody knows are not kept', async () => {
  const { status, body } = await sendLater({ type: 'pigeon' });
  assert.deepEqual([status, body.error_code], [400, 'invalid_parameter']);
  assert.equal((await sendLater({ 'un\u0000known': { a: '\u0000' } })).status, 202);
  assert.equal(JSON.parse((await reply()).body).message, 'message(s) queued');
});

test('what cannot be posted anywhere is refused at once', async () => {
  for (const change of [
    { callback_url: 'ftp://example.com' },
    { callback_method: 'PUT' },
    { callback_url: 5 },
    { callback_method: [null] },
  ]) {
    const { status, body } = await sendLater(change);
    assert.deepEqual([status, body.error_code], [400, 'invalid_parameter']);
  }
  assert.equal(await stored(), 0);
});

test('a request that was run when the server died runs again, and makes nothing twice', async () => {
  const answer = await sendLater();
  const posted = JSON.parse((await reply()).body);
  await rig.reaches(posted.message_uuid[0], 'sent');
  // As the dead process left it: everything done but the end recorded.
  const id = rig.fixture.services.ids.uuid();
  const row = [id, rig.tenant.authId, JSON.stringify({ src: OWN, dst: PHONE, text: 'Later' }), callback(), DEAD_NODE];
  const insert = `insert into async_requests (id, auth_id, by_main_account, command, parameters, requester_ip, callback_url, callback_method, node, created_at)
    values ($1, $2, true, 'send-message', $3, '127.0.0.1', $4, 'POST', $5, now())`;
  rig.hooks.received.length = 0;
  await rig.query(insert, row);
  await rig.fixture.ringdown.takeOver(DEAD_NODE);
  const first = JSON.parse((await reply()).body);
  await rig.reaches(first.message_uuid[0], 'sent');
  rig.hooks.received.length = 0;
  await rig.query(insert, row);
  await rig.fixture.ringdown.takeOver(DEAD_NODE);
  const second = JSON.parse((await reply()).body);
  assert.deepEqual(second.message_uuid, first.message_uuid);
  await rig.pass(300);
  assert.equal(rig.lab.submits.length, 2);
  assert.notEqual(answer.body.api_id, id);
});

test('storage that is away while a request runs delays it', async () => {
  const { numberDirectory } = rig.fixture.services;
  const find = numberDirectory.find.bind(numberDirectory);
  let failures = 0;
  numberDirectory.find = async (number) => {
    if (failures++ < 3) throw Object.assign(new Error('away'), { code: '57P03' });
    return find(number);
  };
  await sendLater();
  const posted = JSON.parse((await reply()).body);
  numberDirectory.find = find;
  assert.equal(posted.message, 'message(s) queued');
  assert.equal(failures >= 4, true);
});
