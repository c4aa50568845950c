import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import { OPERATOR_TOKEN } from '../../testkit/plivo-fixture.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
  rig.route([rig.fixture.ringdown.simulator]);
});
after(() => rig.close());

const bearer = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const post = (path: string, payload: unknown, headers: Record<string, string> = bearer) =>
  rig.fixture.http.inject({
    method: 'POST',
    url: `/ringdown/v1/${path}`,
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });

test('only the operator’s token opens it, everything else is 401 in the usual form', async () => {
  const wrong = [
    {},
    { authorization: 'Bearer' },
    { authorization: `Bearer ${OPERATOR_TOKEN}x` },
    { authorization: `Bearer ${OPERATOR_TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${OPERATOR_TOKEN}` },
    { authorization: `Basic ${Buffer.from(`${rig.tenant.authId}:${rig.tenant.authToken}`).toString('base64')}` },
    { authorization: `Bearer ${'x'.repeat(5_000)}` },
  ];
  for (const headers of wrong) {
    for (const path of [`phones/${PHONE}/messages`, 'timeline/019bb0b0-0000-7000-8000-000000000001']) {
      const reply = await rig.operator(path, headers);
      assert.deepEqual([reply.statusCode, reply.json().error_code], [401, 'authentication_failed']);
      assert.match(reply.json().api_id, /^[0-9a-f-]{36}$/);
    }
  }
  assert.equal((await post(`phones/${PHONE}/messages`, { to: OWN, text: 'x' }, {})).statusCode, 401);
  assert.equal((await rig.operator(`phones/${PHONE}/messages`, { authorization: `bearer ${OPERATOR_TOKEN}` })).statusCode, 200);
});

test('a virtual phone texts a number, and shows what it received', async () => {
  const sent = await post(`phones/${PHONE}/messages`, { to: `+${OWN}`, text: 'Hello from a phone' });
  assert.equal(sent.statusCode, 202);
  const inbound = await rig.query<{ text: string }>(`select text from messages where direction = 'inbound'`);
  assert.deepEqual(inbound, [{ text: 'Hello from a phone' }]);
  const id = await rig.sendOne({ text: 'Hello to a phone' });
  await rig.reaches(id, 'delivered');
  const reply = await rig.operator(`phones/${PHONE}/messages`);
  const [message] = reply.json().messages;
  assert.deepEqual(
    [message.message_uuid, message.from, message.to, message.type, message.text],
    [id, OWN, PHONE, 'sms', 'Hello to a phone'],
  );
});

test('what is no text, no address or no URL is refused by name', async () => {
  for (const [body, named] of [
    [{ to: 5, text: 'x' }, /^to parameter/],
    [{ to: OWN, text: { a: 1 } }, /^text parameter/],
    [{ to: OWN, text: 'a\u0000' }, /^text parameter/],
    [{ to: OWN, text: 'x', media_urls: 'http://example.com/a.png' }, /^media_urls parameter/],
    [{ to: OWN, text: 'x', media_urls: ['file:///etc/passwd'] }, /^media_urls parameter/],
    [{ to: OWN, text: 'x', media_urls: ['http://['] }, /^media_urls parameter/],
  ] as const) {
    const reply = await post(`phones/${PHONE}/messages`, body);
    assert.equal(reply.statusCode, 400, JSON.stringify(body));
    assert.match(reply.json().error, named);
  }
});

test('the timeline of what nobody knows is 404', async () => {
  for (const id of ['019bb0b0-0000-7000-8000-000000000001', 'x', "'; drop table messages; --", '%00']) {
    const reply = await rig.operator(`timeline/${encodeURIComponent(id)}`);
    assert.deepEqual([reply.statusCode, reply.json().error_code], [404, 'not_found'], id);
  }
});

test('the timeline of a message that waits says who has it and until when', async () => {
  rig.lab.become('down');
  rig.route([rig.lab]);
  const id = await rig.sendOne();
  const reply = (await rig.operator(`timeline/${id}`)).json();
  assert.deepEqual(
    [reply.kind, reply.state, reply.direction, reply.from, reply.to],
    ['message', 'queued', 'outbound', OWN, PHONE],
  );
  assert.equal(reply.queue.waiting, false);
  assert.equal(Date.parse(reply.queue.expires_at), rig.clock.now() + 10_800_000);
  assert.deepEqual(reply.entries[0].detail, { state: 'queued', cause: 'accepted', requester_ip: '127.0.0.1' });
  rig.lab.become('up');
  await rig.reaches(id, 'sent');
  assert.equal((await rig.operator(`timeline/${id}`)).json().queue, null);
});
