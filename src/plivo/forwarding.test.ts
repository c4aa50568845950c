import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import fastify from 'fastify';
import { Type } from 'typebox';
import { createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';
import { NodeMessages } from '../cluster/node-messages.ts';
import type { HttpSender } from '../delivery/http-client.ts';
import { notFound, Problem } from '../errors/catalogue.ts';
import type { AnyCommand, Reply } from './command.ts';
import { defineCommand } from './define.ts';
import { Forwarding } from './forwarding.ts';

const KEY = Buffer.alloc(32, 1);
const times = { startedAt: 0, connectedMs: 0, firstByteMs: 0, totalMs: 0 };
const HERE: Reply = { status: 200, body: { message: 'here', conferences: ['a', 'both'] } };

let fixture: PlivoFixture;
/** What node b did. */
let served: unknown[];
let isDown: boolean;
let owner: string | undefined;
before(async () => {
  fixture = await createPlivoFixture();
});
after(() => fixture.close());
beforeEach(() => {
  served = [];
  isDown = false;
  owner = 'b';
});

function command(method: AnyCommand['method'], path: string): AnyCommand {
  return defineCommand({
    name: `${method} ${path}`,
    summary: '',
    tag: '',
    method,
    path,
    parameters: Type.Object({ call_uuid: Type.Optional(Type.String()), conference_name: Type.Optional(Type.String()) }),
    replies: {},
    async run({ scope, apiId, parameters, idempotencyKey }) {
      if (parameters.conference_name === 'nowhere') throw notFound();
      if (parameters.call_uuid === 'wrong') throw new Problem('invalid_parameter', 'the call has no B leg now');
      served.push([scope.authId, scope.byMainAccount, apiId, parameters, idempotencyKey]);
      return { status: 202, body: { message: 'there', conferences: ['both', 'b'] } };
    },
  });
}
const play = command('POST', 'Call/{call_uuid}/Play/');
const hangUpAll = command('DELETE', 'Call/');
const listConferences = command('GET', 'Conference/');
const getConference = command('GET', 'Conference/{conference_name}/');

/** Node a, and node b behind the wire. */
function nodes() {
  const { clock, services } = fixture;
  const http = fastify();
  const wire: HttpSender = {
    async request({ url, body }) {
      if (isDown) return { kind: 'failure', failure: 'connect', reason: 'connection refused', status: null, times };
      const headers = { 'content-type': 'application/json' };
      const answer = await http.inject({ method: 'POST', url: url.pathname, headers, payload: String(body) });
      return { kind: 'answer', status: answer.statusCode, headers: {}, body: answer.rawPayload, truncated: false, times };
    },
  };
  const messages = new NodeMessages(KEY, wire, clock);
  const owners = { ofCall: async () => owner, ofMultiParty: async () => owner };
  const others = async () => [{ id: 'b', address: 'http://192.0.2.7:7464' }];
  const b = new Forwarding({ node: 'b', nodes: { others }, owners, messages });
  b.listen(http, [play, hangUpAll, listConferences, getConference], services);
  const a = new Forwarding({ node: 'a', nodes: { others }, owners, messages });
  const scope = { account: fixture.account, subaccount: null, authId: fixture.account.authId, byMainAccount: true };
  const call = { scope, apiId: 'api', requesterIp: '', userAgent: '', files: [], now: clock.now(), idempotencyKey: 'key' };
  return (asked: AnyCommand, raw: Record<string, string>, here: () => Promise<Reply> = async () => HERE) =>
    a.serve(asked, raw, call, services, here);
}
const notHere = () => Promise.reject(notFound());

test('a request about a call is served by the node that has it, in the name of who asked', async () => {
  const reply = await nodes()(play, { call_uuid: 'x' });
  assert.deepEqual([reply.status, reply.body?.message], [202, 'there']);
  assert.deepEqual(served, [[fixture.account.authId, true, 'api', { call_uuid: 'x' }, 'key']]);
});

test('it is served here when this node has it, or nobody', async () => {
  for (const here of ['a', undefined]) {
    owner = here;
    assert.deepEqual(await nodes()(play, { call_uuid: 'x' }), HERE);
  }
  assert.deepEqual(served, []);
});

test('what the owner refuses is refused in its words', async () => {
  const reply = await nodes()(play, { call_uuid: 'wrong' });
  assert.deepEqual([reply.status, reply.body?.error], [400, 'the call has no B leg now']);
});

test('an owner that is not there or does not answer is unavailable', async () => {
  isDown = true;
  await assert.rejects(nodes()(play, { call_uuid: 'x' }), { code: 'unavailable', retryAfterSeconds: 5 });
  owner = 'gone';
  await assert.rejects(nodes()(play, { call_uuid: 'x' }), { code: 'unavailable' });
});

test('a conference is looked for here and then on the others', async () => {
  const ask = nodes();
  assert.deepEqual(await ask(getConference, { conference_name: 'x' }), HERE);
  assert.equal((await ask(getConference, { conference_name: 'x' }, notHere)).body?.message, 'there');
  await assert.rejects(ask(getConference, { conference_name: 'nowhere' }, notHere), { code: 'not_found' });
  isDown = true;
  await assert.rejects(ask(getConference, { conference_name: 'x' }, notHere), { code: 'unavailable' });
});

test('lists of all nodes are joined, without the nodes that do not answer; what all are to do is refused then', async () => {
  const ask = nodes();
  assert.deepEqual((await ask(listConferences, {})).body?.conferences, ['a', 'both', 'b']);
  assert.deepEqual(await ask(hangUpAll, {}, async () => ({ status: 204 })), { status: 204 });
  assert.equal(served.length, 2);
  isDown = true;
  assert.deepEqual((await ask(listConferences, {})).body?.conferences, ['a', 'both']);
  await assert.rejects(ask(hangUpAll, {}), { code: 'unavailable' });
});
