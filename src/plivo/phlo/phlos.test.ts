import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant } from '../../../testkit/api-client.ts';
import { inboundCall } from '../../../testkit/call-facts.ts';
import { createPlivoFixture, OPERATOR_TOKEN, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { REQUEST_IDS, RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { ParticipantRecord } from '../../voice/multiparty/multiparty-record.ts';

const SUPPORT = `<Response><Speak>Hello {{Start.http.params.name}}</Speak>
<MultiPartyCall role="customer">support {{case}}</MultiPartyCall></Response>`;
const MESSAGE = '<Response><Message src="{{from}}" dst="{{to}}">Your code is {{otp}}</Message></Response>';
const CREATED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const AGENT = '14155550155';

describe('PHLOs over the API', () => {
  let fixture: PlivoFixture;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
  });
  after(() => fixture.close());

  const operator = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: Record<string, unknown>) => {
    const reply = await fixture.http.inject({
      method,
      url: `/ringdown/v1/phlos${path}`,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
    const parsed: Record<string, unknown> = reply.body === '' ? {} : reply.json();
    return { status: reply.statusCode, body: parsed };
  };
  const make = async (who: Pick<ApiClient, 'authId'>, given: Record<string, unknown> = {}) => {
    const { status, body } = await operator('POST', '', { account: who.authId, name: 'flow', xml: SUPPORT, ...given });
    assert.equal(status, 201, String(body.error));
    assert.ok(Array.isArray(body.nodes));
    const [node]: { node_id: string }[] = body.nodes;
    return { id: String(body.phlo_id), nodeId: node?.node_id ?? '', body };
  };
  const run = (who: ApiClient, id: string, payload: Record<string, unknown>, slash = '') =>
    who.post(`/v1/account/${who.authId}/phlo/${id}${slash}`, payload);
  /** What the call engine was asked for last, and nothing else since the last time. */
  const placed = (): unknown => voice.taken().at(-1);
  const documentOf = (who: ApiClient, url: string) =>
    fixture.services.phlos.documents.answer({
      purpose: 'answer',
      target: { url, method: 'POST' },
      call: inboundCall({ ownerId: who.authId, accountId: who.authId }),
      wantsDocument: true,
    });

  it('are shown to their account', async () => {
    const who = await createTenant(fixture, 'Shown');
    const { id } = await make(who, { name: 'Support' });
    for (const path of [`/v1/phlo/${id}`, `/v1/phlo/${id}/`, `/v1/phlo/${id}/?phlo_id=${id}`, `/v1/phlo/${id.toUpperCase()}`]) {
      const { status, body } = await who.get(path);
      assert.deepEqual([status, body.phlo_id, body.name], [200, id, 'Support']);
      assert.match(String(body.created_on), CREATED);
    }
  });

  it('make a call when they run, which goes through their document with the values of the run', async () => {
    const who = await createTenant(fixture, 'Runs');
    const { id } = await make(who);
    for (const slash of ['', '/']) {
      const payload = { from: '+14155550100', to: '+14155550123<+14155550124', name: '<Ann> & "Co"', case: 7 };
      const { status, body } = await run(who, id, payload, slash);
      assert.equal(status, 201, String(body.error));
      const { phlo_run_id: runId, ...rest } = body;
      assert.equal(runId, body.api_id);
      assert.deepEqual(rest, { api_id: runId, phlo_id: id, message: '2 calls fired' });
      const url = `phlo:run/${runId}`;
      const { from, to, answer, idempotencyKey } = Object(placed());
      assert.deepEqual(
        { from, to, answer, idempotencyKey },
        {
          from: '14155550100',
          to: ['+14155550123', '+14155550124'],
          answer: { url, method: 'POST' },
          idempotencyKey: runId,
        },
      );
      const answered = await documentOf(who, url);
      assert.ok(answered?.kind === 'document');
      const [speak, party] = answered.document.elements;
      assert.ok(speak?.element === 'Speak' && party?.element === 'MultiPartyCall');
      assert.deepEqual([speak.content, party.name], [['Hello <Ann> & "Co"'], 'support 7']);
      const shown = await who.get(`/v1/phlo/${id}/runs/${runId}${slash}`);
      assert.equal(shown.status, 200);
      assert.match(String(shown.body.created_on), CREATED);
      assert.deepEqual(
        [
          shown.body.phlo_id,
          shown.body.run_id,
          shown.body.call_uuids,
          shown.body.message_uuids,
          shown.body.recording_ids,
          shown.body.status,
        ],
        [id, runId, REQUEST_IDS.slice(0, 2), [], [], 'completed'],
      );
    }
  });

  it('take the number of the PHLO where a run names none, and refuse a run that names nobody to call', async () => {
    const who = await createTenant(fixture, 'Numbers');
    const { id } = await make(who, { from: '+14155550100' });
    assert.equal((await run(who, id, { to: '14155550123' })).status, 201);
    assert.equal(Object(placed()).from, '14155550100');
    assert.match(String((await run(who, id, { from: '1415' })).body.error), /to parameter is missing/);
    const { id: without } = await make(who);
    assert.match(String((await run(who, without, { to: '14155550123' })).body.error), /from parameter is missing/);
    voice.refuseNext = invalidParameter('from', 'from parameter is invalid');
    const refused = await run(who, id, { to: '14155550123' });
    assert.equal(refused.status, 400);
    assert.equal((await who.get(`/v1/phlo/${id}/runs/${refused.body.api_id}`)).status, 404);
  });

  it('send the messages of a document that is nothing else, without a call', async () => {
    const who = await createTenant(fixture, 'Messages');
    const { id } = await make(who, { xml: MESSAGE });
    const { status, body } = await run(who, id, { from: '4915112345600', to: '+4915112345678', otp: 4711, callback_url: 'x' });
    assert.equal(status, 201, String(body.error));
    assert.equal(body.message, '1 message queued');
    assert.deepEqual(voice.taken(), []);
    const shown = await who.get(`/v1/phlo/${id}/runs/${body.phlo_run_id}`);
    assert.ok(Array.isArray(shown.body.message_uuids));
    const [messageId] = shown.body.message_uuids;
    const message = await who.get(`Message/${messageId}/`);
    assert.deepEqual([message.status, message.body.to_number], [200, '4915112345678']);
    assert.equal((await run(who, id, { from: '4915112345600', to: 'nobody', otp: 1 })).status, 400);
  });

  it('may have their document at a URL', async () => {
    const who = await createTenant(fixture, 'Elsewhere');
    const { id } = await make(who, { xml: undefined, url: 'http://app.example/{{page}}?n={{name}}', from: '14155550100' });
    await run(who, id, { to: '14155550123', page: 'a b', name: '&x=1' });
    assert.deepEqual(Object(placed()).answer, { url: 'http://app.example/a%20b?n=%26x%3D1', method: 'POST' });
  });

  it('refuse values that make no document', async () => {
    const who = await createTenant(fixture, 'Broken');
    const { id } = await make(who, { xml: '<Response><MultiPartyCall role="{{role}}">x</MultiPartyCall></Response>' });
    const { status, body } = await run(who, id, { from: '14155550100', to: '14155550123', role: 'dancer' });
    assert.equal(status, 400);
    assert.match(String(body.error), /cannot be run with the values of this run: .*role="dancer"/);
    assert.deepEqual(voice.taken(), []);
  });

  it('have the rooms of their documents as nodes', async () => {
    const who = await createTenant(fixture, 'Nodes');
    const { id, nodeId } = await make(who);
    const { status, body } = await who.get(`/v1/phlo/${id}/multi_party_call/${nodeId}/`);
    assert.equal(status, 200);
    const { api_id: _, created_on: created, ...rest } = body;
    assert.match(String(created), CREATED);
    assert.deepEqual(rest, { node_id: nodeId, phlo_id: id, name: 'support {{case}}', node_type: 'multi_party_call' });
    assert.equal((await who.get(`/v1/phlo/${id}/conference_bridge/${nodeId}`)).status, 404);
    assert.equal((await who.get(`/v1/phlo/${id}/dance/${nodeId}`)).status, 404);
  });

  it('act on the multiparty call that a member of a run is in', async () => {
    const who = await createTenant(fixture, 'Acts');
    const { id, nodeId } = await make(who, { from: '14155550100' });
    await run(who, id, { to: AGENT, case: 42 });
    voice.taken();
    const rooms = voice.multiPartyCalls;
    rooms.seats = [
      { multiPartyId: 'mpc-1', name: 'support 42', member: stay(AGENT), others: [], departed: new Promise(() => undefined) },
    ];
    const called = await who.post(`/v1/phlo/${id}/multi_party_call/${nodeId}`, {
      action: 'call',
      to: '14155550166',
      trigger_source: `+${AGENT}`,
      role: 'customer',
    });
    assert.deepEqual([called.status, called.body.error], [201, '']);
    const [add, which, request] = rooms.taken();
    assert.deepEqual([add, which], ['add', { by: 'id', id: 'mpc-1' }]);
    const { invite, participant } = Object(request);
    assert.deepEqual([invite.from, invite.destinations[0].to, participant.role], ['14155550100', '14155550166', 'customer']);
    const muted = await who.post(`/v1/phlo/${id}/multi_party_call/${nodeId}/members/${AGENT}/?action=mute`, {});
    assert.equal(muted.status, 201, String(muted.body.error));
    assert.deepEqual(rooms.taken().slice(0, 3), ['update', { by: 'id', id: 'mpc-1' }, ['12']]);
    rooms.seats = [
      { multiPartyId: 'mpc-1', name: 'support 43', member: stay(AGENT), others: [], departed: new Promise(() => undefined) },
    ];
    const other = await who.post(`/v1/phlo/${id}/multi_party_call/${nodeId}/members/${AGENT}`, { action: 'hold' });
    assert.equal(other.status, 404);
    for (const [path, body, wrong] of [
      ['', { to: '1', trigger_source: AGENT }, /action parameter is missing/],
      ['', { action: 'call', trigger_source: AGENT }, /to parameter is missing/],
      ['', { action: 'call', to: '1' }, /trigger_source parameter is missing/],
      ['', { action: 'dance' }, /one of call, warm_transfer, cold_transfer/],
      ['', { action: 'call', to: '1', trigger_source: AGENT, role: 'king' }, /role parameter is invalid/],
      ['/members/1', { action: 'call' }, /one of hold, unhold, mute/],
    ] as const) {
      const { status, body: answer } = await who.post(`/v1/phlo/${id}/multi_party_call/${nodeId}${path}`, body);
      assert.equal(status, 400);
      assert.match(String(answer.error), wrong);
    }
  });

  it('act on the conference that a member of a run is in', async () => {
    const who = await createTenant(fixture, 'Bridge');
    const { id, nodeId } = await make(who, {
      xml: '<Response><Conference>room {{n}}</Conference></Response>',
      from: '14155550100',
    });
    await run(who, id, { to: AGENT, n: 'b' });
    voice.taken();
    const member = {
      id: '7',
      callId: REQUEST_IDS[0] ?? '',
      from: '1',
      to: AGENT,
      callerName: '',
      muted: false,
      deaf: false,
      joinedAt: 0,
    };
    voice.conference = { createdAt: 0, members: [{ ...member, direction: 'outbound' }] };
    const path = `/v1/phlo/${id}/conference_bridge/${nodeId}`;
    assert.equal((await who.post(`${path}/members/${AGENT}`, { action: 'hold' })).status, 201);
    assert.deepEqual(voice.taken(), ['names', 'find', 'room b', 'mute', 'room b', ['7'], true, 'deafen', 'room b', ['7'], true]);
    assert.equal((await who.post(`${path}/members/${AGENT}`, { action: 'hangup' })).status, 201);
    assert.equal((await who.post(`${path}/members/${AGENT}`, { action: 'voicemail_drop' })).status, 400);
    assert.equal((await who.post(path, { action: 'call', to: '1', trigger_source: AGENT })).status, 400);
    assert.equal((await who.post(`${path}/members/999`, { action: 'hold' })).status, 404);
    voice.taken();
  });

  it('are nothing to another account, and to a subaccount that they are not of', async () => {
    const who = await createTenant(fixture, 'Owner');
    const sub = await createSubtenant(fixture, who, 'Sub');
    const stranger = await createTenant(fixture, 'Stranger');
    const { id, nodeId } = await make(who, { from: '14155550100' });
    const { body } = await run(who, id, { to: AGENT });
    for (const other of [sub, stranger]) {
      for (const path of ['', `/runs/${body.phlo_run_id}`, `/multi_party_call/${nodeId}`]) {
        assert.equal((await other.get(`/v1/phlo/${id}${path}`)).status, 404, path);
      }
      assert.equal((await run(other, id, { to: AGENT })).status, 404);
      assert.equal((await other.post(`/v1/account/${who.authId}/phlo/${id}`, { to: AGENT })).status, 401);
      const document = await documentOf(other, `phlo:run/${body.phlo_run_id}`);
      assert.equal(document?.kind, 'unreachable');
    }
    const { id: ofSub } = await make(sub, { from: '14155550100' });
    assert.equal((await run(sub, ofSub, { to: AGENT })).status, 201);
    assert.equal((await who.get(`/v1/phlo/${ofSub}`)).status, 200);
    assert.equal((await who.get('/v1/phlo/x')).status, 404);
    assert.equal((await fixture.http.inject({ method: 'GET', url: `/v1/phlo/${id}` })).statusCode, 401);
  });

  it('give their calls documents, and leave other URLs alone', async () => {
    const who = await createTenant(fixture, 'Documents');
    assert.equal(await documentOf(who, 'http://app.example/answer'), undefined);
    assert.equal((await documentOf(who, 'phlo:run/x'))?.kind, 'unreachable');
    assert.equal((await documentOf(who, 'phlo:voicemail/%'))?.kind, 'invalid-document');
    const voicemail = await documentOf(who, 'phlo:voicemail/http%3A%2F%2Fapp.example%2Fa.mp3');
    assert.ok(voicemail?.kind === 'document');
    assert.deepEqual(voicemail.document.elements, [{ element: 'Play', url: 'http://app.example/a.mp3', loop: 1 }]);
  });

  it('are made, changed, listed and removed by the operator', async () => {
    const who = await createTenant(fixture, 'Desk');
    const voicemail = { type: 'multi_party_call', name: 'support {{case}}', voicemail_url: 'http://app.example/a.mp3' };
    const phloId = '2e802f94-cc03-4e35-b4c8-5a0328544135';
    const { body, nodeId } = await make(who, { phlo_id: phloId, nodes: [voicemail] });
    assert.deepEqual(body.nodes, [{ ...voicemail, node_id: nodeId }]);
    assert.equal((await operator('POST', '', { account: who.authId, name: 'x', xml: SUPPORT, phlo_id: phloId })).status, 409);
    const changed = await operator('POST', `/${phloId}`, { name: 'New', from: '+14155550100' });
    assert.deepEqual(
      [changed.status, changed.body.name, changed.body.from, changed.body.nodes],
      [200, 'New', '14155550100', body.nodes],
    );
    const cleared = await operator('POST', `/${phloId}`, { from: null, url: 'http://app.example/' });
    assert.deepEqual([cleared.body.from, cleared.body.xml, cleared.body.url], [null, null, 'http://app.example/']);
    const listed = await operator('GET', `?account=${who.authId}`);
    assert.ok(Array.isArray(listed.body.phlos));
    assert.deepEqual(
      listed.body.phlos.map(({ phlo_id }: { phlo_id: string }) => phlo_id),
      [phloId],
    );
    assert.equal((await operator('GET', `/${phloId}`)).body.name, 'New');
    assert.equal((await operator('DELETE', `/${phloId}`)).status, 204);
    assert.equal((await operator('DELETE', `/${phloId}`)).status, 404);
    assert.equal((await operator('POST', '/x', { name: 'y' })).status, 404);
  });

  it('are refused where they cannot work', async () => {
    const who = await createTenant(fixture, 'Refused');
    const xml = '<Response><Speak>hi</Speak></Response>';
    for (const [given, wrong] of [
      [{ name: 'x', xml }, /account parameter is missing/],
      [{ account: 'MANOBODY000000000000', name: 'x', xml }, /there is no such account/],
      [{ account: who.authId, xml }, /name parameter is missing/],
      [{ account: who.authId, name: 'x' }, /xml parameter is missing/],
      [{ account: who.authId, name: 'x', xml, url: 'http://a.example/' }, /xml or url/],
      [{ account: who.authId, name: 'x', xml: '<Response><Speak></Response>' }, /cannot be run: 1:\d+/],
      [{ account: who.authId, name: 'x', xml: '<Answer/>' }, /must be <Response>/],
      [{ account: who.authId, name: 'x', xml: '<Response><Dance/></Response>' }, /no element that is known/],
      [{ account: who.authId, name: 'x', url: 'ftp://a.example/' }, /an http or https URL/],
      [{ account: who.authId, name: 'x', xml, from: 'me' }, /a number is expected/],
      [{ account: who.authId, name: 'x', xml, phlo_id: 'x' }, /a UUID is expected/],
      [{ account: who.authId, name: 'x', xml, nodes: [{ type: 'x', name: 'y' }] }, /one of multi_party_call, conference_bridge/],
      [{ account: who.authId, name: 'x', xml, nodes: [{ type: 'conference_bridge', name: 'y', node_id: 'z' }] }, /is no UUID/],
    ] as const) {
      const { status, body } = await operator('POST', '', given);
      assert.equal(status, 400, JSON.stringify(given));
      assert.match(String(body.error), wrong);
    }
  });

  it('are forgotten with the records of their calls', async () => {
    const who = await createTenant(fixture, 'Old');
    const { id } = await make(who, { from: '14155550100' });
    const { body } = await run(who, id, { to: AGENT });
    await fixture.services.phlos.forgetBefore(fixture.clock.now() + 1);
    assert.equal((await who.get(`/v1/phlo/${id}/runs/${body.phlo_run_id}`)).status, 404);
    voice.taken();
  });
});

const stay = (address: string): ParticipantRecord => ({
  memberId: '12',
  multiPartyId: 'mpc-1',
  callId: REQUEST_IDS[0] ?? '',
  address,
  role: 'agent',
  coach: false,
  mute: false,
  hold: false,
  startOnEnter: true,
  endOnExit: false,
  joinedAt: 0,
  exitedAt: undefined,
  bill: undefined,
  exit: undefined,
});
