import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import plivo from 'plivo';
import { endedCall, inboundCall, outboundCall } from '../../../testkit/call-facts.ts';
import { exampleAccount } from '../../../testkit/example-account.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import { webhooksOfSubject } from '../../../testkit/stored-webhooks.ts';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import { stream } from '../../../testkit/voice-elements.ts';
import { WebhookTarget } from '../../../testkit/webhook-target.ts';
import { Dispatcher } from '../../delivery/dispatcher.ts';
import { HttpClient } from '../../delivery/http-client.ts';
import { TargetGuard } from '../../delivery/target-guard.ts';
import { WebhookStore } from '../../delivery/webhook-store.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import { inTransaction } from '../../storage/storage.ts';
import type { CallNotification } from '../../voice/call-application.ts';
import type { StreamFacts } from '../../voice/streams/stream-facts.ts';
import type { CallRequestObservation } from './call-request.ts';
import { callWebhookKinds } from './call-webhooks.ts';
import { VoiceApplication } from './voice-application.ts';
import { webhookSigner } from './webhook-signer.ts';

const account = exampleAccount({ timezone: 'Asia/Kolkata' });
const random = createSystemRandom();
const ids = createIds(systemClock, random);
const find = async (authId: string) => (authId === account.authId ? account : undefined);

let database: TestDatabase;
let target: WebhookTarget;
let http: HttpClient;
let dispatcher: Dispatcher;
let application: VoiceApplication;
const observed: CallRequestObservation[] = [];

before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  observed.length = 0;
  target = await WebhookTarget.start();
  const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
  http = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 32 });
  const holder = { node: 'node-a', epoch: 1 };
  const signer = webhookSigner(find, random);
  dispatcher = new Dispatcher({
    store: new WebhookStore(database.storage.pool, holder),
    http,
    signer,
    kinds: callWebhookKinds,
    clock: systemClock,
    log: silentLog,
    holder,
  });
  await dispatcher.start();
  application = new VoiceApplication({
    clock: systemClock,
    ids,
    log: silentLog,
    http,
    signer,
    delivery: dispatcher,
    pool: database.storage.pool,
    accounts: { find, peek: () => undefined },
    observe: (_, observation) => observed.push(observation),
  });
});
afterEach(async () => {
  await dispatcher.stop(1_000);
  await http.close();
  await target.stop();
  await database.storage.pool.query('truncate webhooks, webhook_attempts, webhook_queue');
});

const recording = { recordingId: 'r', url: 'https://media.example.net/r.mp3', durationMs: 1_000, startedAt: 1, endedAt: 1_001 };
const post = (path = '/hook') => ({ url: target.url(path), method: 'POST' });

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
    await delay(10);
  }
}

describe('notifications of a call', () => {
  it('are posted as forms, signed, each with its parameters, in their order', async () => {
    const call = outboundCall();
    const bLeg = endedCall({ callId: ids.uuid() });
    const { callId, accountId, ownerId } = call;
    const begunStream: StreamFacts = {
      ...{ streamId: ids.uuid(), callId, accountId, ownerId, plan: stream().plan, state: 'streaming' },
      ...{ createdAt: 0, startedAt: 0, endedAt: undefined, endReason: undefined },
    };
    const party = { multiParty: { id: call.callId, name: 'party', accountId, ownerId }, at: 0, sequence: 1 };
    const interim = { stable: 'customer', unstable: 'supper', stability: 0.5 };
    const about = (path: string) => ({ call, target: post(path) });
    const all: CallNotification[] = [
      { ...about('/ring'), kind: 'ring' },
      { ...about('/machine'), kind: 'machine', ifMachine: 'continue' },
      { ...about('/legs'), kind: 'dial', action: 'hangup', aLegId: call.callId, bLeg, position: 1 },
      { ...about('/rec'), kind: 'recorded', recording },
      { ...about('/apirec'), kind: 'api-recorded', recording, apiId: 'api-1' },
      { ...about('/stream'), kind: 'stream', event: 'started', at: 0, error: undefined, stream: begunStream },
      { ...about('/interim'), kind: 'interim-speech', result: interim, sequence: 2, confidential: true },
      { ...about('/room'), kind: 'conference', action: 'enter', conference: { id: ids.uuid(), name: 'room' }, memberId: '1' },
      { ...about('/roomrec'), kind: 'conference-recorded', recording, apiId: 'api-2', conferenceName: 'room' },
      { ...about('/leg'), kind: 'answered' },
      { ...party, kind: 'multiparty', target: post('/party'), event: 'started' },
      {
        ...{ ...party, kind: 'multiparty-recording', target: post('/partyrec'), event: 'failed', memberId: undefined },
        recording: { ...recording, format: 'mp3' },
      },
      { kind: 'hangup', call: endedCall(), target: post('/hangup?tenant=7#rt=3000') },
    ];
    for (const notification of all) await application.notify(notification);
    const received = await target.receive(all.length);
    assert.deepEqual(
      received.map(({ path }) => path),
      [
        '/ring',
        '/machine',
        '/legs',
        '/rec',
        '/apirec',
        '/stream',
        '/interim',
        '/room',
        '/roomrec',
        '/leg',
        '/party',
        '/partyrec',
        '/hangup?tenant=7',
      ],
    );
    assert.deepEqual(
      received.map(({ params }) => params.Event ?? params.message ?? params.conference_name ?? params.EventName),
      [
        'Ring',
        'MachineDetection',
        'DialHangup',
        'RecordStop',
        'record done',
        'StartStream',
        'InterimSpeech',
        'ConferenceEnter',
        'room',
        'Answer',
        'MPCStart',
        'MPCRecordingFailed',
        'Hangup',
      ],
    );
    for (const { method, path, headers, params } of received) {
      assert.deepEqual([method, headers['content-type']], ['POST', 'application/x-www-form-urlencoded']);
      const url = `http://127.0.0.1:${target.port}${path}`;
      const nonce = String(headers['x-plivo-signature-v3-nonce']);
      for (const name of ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']) {
        const signature = String(headers[name]);
        assert.equal(plivo.validateV3Signature(method, url, nonce, account.authToken, signature, { ...params }), true, path);
      }
    }
    const said = received.find(({ path }) => path === '/interim')?.params;
    assert.deepEqual(
      [said?.StableSpeech, said?.UnstableSpeech, said?.Stability, said?.SequenceNumber],
      ['customer', 'supper', '0.5', '2'],
    );
    const { rows: interims } = await database.storage.pool.query<{ content: string }>(
      "select content from webhooks where kind = 'call-interim-speech'",
    );
    assert.deepEqual(JSON.parse(interims[0]?.content ?? '{}').sensitive, ['StableSpeech', 'UnstableSpeech']);
    const hangup = received.at(-1)?.params;
    assert.deepEqual([hangup?.StartTime, hangup?.EndTime], ['2026-01-12 14:44:02', '2026-01-12 14:45:08']);
    const { rows } = await database.storage.pool.query('select distinct kind from webhooks order by kind');
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      [...callWebhookKinds.keys()].sort(),
    );
  });

  it('by GET have their parameters in the query', async () => {
    await application.notify({ kind: 'ring', call: outboundCall(), target: { url: target.url('/ring?a=1'), method: 'GET' } });
    const [request] = await target.receive(1);
    assert.match(request?.path ?? '', /^\/ring\?a=1&CallUUID=/);
  });

  it('keep their order for one call, however slow the first is', async () => {
    target.respond = (request, response) => {
      setTimeout(() => response.end(), request.path === '/1' ? 100 : 0);
    };
    const call = outboundCall();
    for (const path of ['/1', '/2', '/3']) await application.notify({ kind: 'ring', call, target: post(path) });
    const received = await target.receive(3);
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/1', '/2', '/3'],
    );
    assert.ok((received[1]?.at ?? 0) - (received[0]?.at ?? 0) >= 90);
  });

  it('are repeated as their URL asks for', async () => {
    target.respond = (_, response) => {
      response.statusCode = target.received.length < 3 ? 500 : 200;
      response.end();
    };
    const call = endedCall({ callId: ids.uuid() });
    await application.notify({ kind: 'hangup', call, target: post('/hangup#rp=5xx&rc=2') });
    await target.receive(3);
    await until(async () => {
      const [webhook] = await webhooksOfSubject(database.storage.pool, call.callId);
      return webhook?.result === 'delivered' && webhook.attempts.length === 3;
    });
    const once = endedCall({ callId: ids.uuid() });
    target.respond = (_, response) => response.writeHead(500).end();
    await application.notify({ kind: 'hangup', call: once, target: post('/hangup') });
    await until(async () => (await webhooksOfSubject(database.storage.pool, once.callId))[0]?.result === 'failed');
    assert.equal(target.received.length, 4);
  });

  it('of streams go by the defaults, whatever their URL asks for', () => {
    for (const [kind, { policy }] of callWebhookKinds) {
      const { retryDelaysMs, readTimeoutMs } = policy('http://a.example/#rc=4&rt=900');
      assert.deepEqual([retryDelaysMs.length, readTimeoutMs], kind === 'call-stream' ? [1, 40_000] : [4, 900], kind);
    }
  });

  it('exist with what their transaction writes, or not at all', async () => {
    const call = endedCall({ callId: ids.uuid() });
    const hangup: CallNotification = { kind: 'hangup', call, target: post('/hangup') };
    await assert.rejects(
      inTransaction(database.storage.pool, async (client) => {
        await application.writeNotifications(client, [hangup]);
        throw new Error('the record of the call was not written');
      }),
    );
    assert.deepEqual(await webhooksOfSubject(database.storage.pool, call.callId), []);
    const send = await inTransaction(database.storage.pool, (client) => application.writeNotifications(client, [hangup]));
    assert.equal(target.received.length, 0);
    send();
    await target.receive(1);
    assert.equal((await webhooksOfSubject(database.storage.pool, call.callId)).length, 1);
  });

  it('that cannot be sent are told, and hold up nothing', async () => {
    const call = inboundCall();
    await application.notify({ kind: 'hangup', call, target: { url: 'ftp://u:secret@a.example/', method: 'POST' } });
    await application.notify({ kind: 'ring', call, target: { url: target.url(), method: 'PUT' } });
    assert.deepEqual(await webhooksOfSubject(database.storage.pool, call.callId), []);
    assert.deepEqual(
      observed.map(({ purpose, url, failure }) => [purpose, url, failure]),
      [
        ['hangup', 'ftp://a.example/', 'not an http or https URL'],
        ['ring', target.url(), 'neither GET nor POST'],
      ],
    );
    const send = await inTransaction(database.storage.pool, (client) => application.writeNotifications(client, []));
    send();
  });
});

it('one object asks for documents and tells what happens', async () => {
  target.respond = (_, response) => response.end('<Response><Hangup/></Response>');
  const request = { purpose: 'answer', target: post('/answer'), call: inboundCall(), wantsDocument: true } as const;
  const answer = await application.fetch(request, new AbortController().signal);
  assert.equal(answer.kind, 'document');
  assert.equal(observed[0]?.status, 200);
});
