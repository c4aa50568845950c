import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';

let fixture: PlivoFixture;
let http: FastifyInstance;
before(async () => {
  fixture = await createPlivoFixture();
  http = fixture.http;
});
after(() => fixture.close());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const send = (options: InjectOptions) => http.inject({ headers: fixture.mainAuth, ...options });

test('the account is shown to its owner, with an api_id', async () => {
  const reply = await send({ url: fixture.path('') });
  assert.equal(reply.statusCode, 200);
  assert.match(reply.json().api_id, UUID);
  assert.equal(reply.json().auth_id, fixture.account.authId);
  assert.equal(reply.json().resource_uri, `/v1/Account/${fixture.account.authId}/`);
});

test('paths are the same with or without trailing slash, with doubled slashes and a bare question mark', async () => {
  const base = `/v1/Account/${fixture.account.authId}`;
  for (const url of [
    base,
    `${base}/`,
    `${base}//`,
    `//v1//Account/${fixture.account.authId}/`,
    `${base}/?`,
    `${base}//?&?search=hack`,
  ]) {
    assert.equal((await send({ url })).statusCode, 200, url);
  }
});

test('bodies that mean "no parameters" are taken as such', async () => {
  for (const payload of [undefined, '', '""', '{}', ' {} ', 'null']) {
    const reply = await send({
      method: 'POST',
      url: fixture.path(''),
      headers: { ...fixture.mainAuth, 'content-type': 'application/json' },
      ...(payload === undefined ? {} : { payload }),
    });
    assert.equal(reply.statusCode, 202, String(payload));
    assert.equal(reply.json().message, 'changed');
  }
});

test('a body that is not a JSON object in UTF-8 is refused', async () => {
  for (const payload of ['{"name":', '[1]', '"name"', '5', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
    const reply = await send({
      method: 'POST',
      url: fixture.path(''),
      headers: { ...fixture.mainAuth, 'content-type': 'application/json' },
      payload,
    });
    assert.equal(reply.statusCode, 400);
    assert.equal(reply.json().error_code, 'malformed_request');
    assert.equal(typeof reply.json().error, 'string');
  }
});

test('other content types and oversized bodies are refused', async () => {
  const form = await send({
    method: 'POST',
    url: fixture.path(''),
    headers: { ...fixture.mainAuth, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'name=x',
  });
  assert.equal(form.statusCode, 415);
  const large = await send({
    method: 'POST',
    url: fixture.path(''),
    headers: { ...fixture.mainAuth, 'content-type': 'application/json' },
    payload: JSON.stringify({ name: 'x'.repeat(300_000) }),
  });
  assert.equal(large.statusCode, 413);
  assert.equal(large.json().error_code, 'payload_too_large');
});

test('missing, malformed and wrong credentials answer 401 in the same form', async () => {
  const headers = [
    {},
    { authorization: 'Bearer abc' },
    { authorization: 'Basic !!!' },
    { authorization: `Basic ${Buffer.from('no-colon').toString('base64')}` },
    { authorization: `Basic ${Buffer.from(`${fixture.account.authId}:wrong`).toString('base64')}` },
    { authorization: `Basic ${Buffer.from('MAUNKNOWN00000000000:x').toString('base64')}` },
  ];
  for (const header of headers) {
    const reply = await http.inject({ url: fixture.path(''), headers: header });
    assert.equal(reply.statusCode, 401);
    assert.equal(reply.json().error_code, 'authentication_failed');
    assert.match(reply.json().api_id, UUID);
  }
});

test('a known path with another verb answers 405 and names the verbs', async () => {
  const reply = await send({ method: 'PUT', url: fixture.path('') });
  assert.equal(reply.statusCode, 405);
  assert.equal(reply.headers.allow, 'GET, POST');
  assert.equal(reply.json().error_code, 'method_not_allowed');
});

test('verbs that no route has at all answer 405 as well', async () => {
  for (const method of ['TRACE', 'QUERY', 'PROPFIND', 'OPTIONS'] as const) {
    const reply = await send({ method, url: `${fixture.path('Message/')}?limit=1` });
    assert.deepEqual([method, reply.statusCode, reply.headers.allow], [method, 405, 'POST, GET']);
    assert.equal((await send({ method, url: fixture.path('Nothing/') })).statusCode, 404);
  }
});

test('a name in a path that is longer than any names nothing', async () => {
  const reply = await send({ url: fixture.path(`Conference/${'x'.repeat(5_000)}/`) });
  assert.deepEqual([reply.statusCode, reply.json().error_code], [404, 'not_found']);
});

test('an unknown path answers 404', async () => {
  const reply = await send({ url: fixture.path('Nothing/') });
  assert.equal(reply.statusCode, 404);
  assert.equal(reply.json().error, 'not found');
});

test('a wrong value names its parameter', async () => {
  const reply = await send({ method: 'POST', url: fixture.path(''), payload: { timezone: 'Mars/Olympus' } });
  assert.equal(reply.statusCode, 400);
  assert.match(reply.json().error, /^timezone parameter is invalid/);
});

test('more than 300 requests in 5 seconds answer 429, and the window slides', async () => {
  const limited = await createPlivoFixture();
  try {
    const ask = () => limited.http.inject({ url: limited.path(''), headers: limited.mainAuth });
    for (let i = 0; i < 300; i++) assert.equal((await ask()).statusCode, 200);
    const refused = await ask();
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.json().error_code, 'rate_limit_exceeded');
    assert.equal(refused.headers['retry-after'], '5');
    await limited.clock.advance(5_000);
    assert.equal((await ask()).statusCode, 200);
  } finally {
    await limited.close();
  }
});
