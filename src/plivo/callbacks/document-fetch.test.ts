import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import plivo from 'plivo';
import { inboundCall, outboundCall } from '../../../testkit/call-facts.ts';
import { exampleAccount } from '../../../testkit/example-account.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import { type ReceivedWebhook, WebhookTarget } from '../../../testkit/webhook-target.ts';
import { HttpClient, type HttpResult } from '../../delivery/http-client.ts';
import { TargetGuard } from '../../delivery/target-guard.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import type { DocumentRequest } from '../../voice/call-application.ts';
import { hangupCause } from '../../voice/hangup-cause.ts';
import type { CallRequestObservation } from './call-request.ts';
import { DocumentFetch, type DocumentFetchNeeds } from './document-fetch.ts';
import { webhookSigner } from './webhook-signer.ts';

const main = exampleAccount();
const sub = exampleAccount({ authId: 'SAEXAMPLEACCOUNT0001', parentId: main.authId, authToken: 'token-of-the-subaccount' });
const accounts = new Map([main, sub].map((account) => [account.authId, account]));
const random = createSystemRandom();
const never = new AbortController().signal;

const observed: { callId: string; observation: CallRequestObservation }[] = [];
const needs: Omit<DocumentFetchNeeds, 'http'> = {
  clock: systemClock,
  ids: createIds(systemClock, random),
  log: silentLog,
  signer: webhookSigner(async (authId) => accounts.get(authId), random),
  observe: (callId, observation) => observed.push({ callId, observation }),
};
beforeEach(() => {
  observed.length = 0;
});

function documentRequest(url: string, overrides: Partial<DocumentRequest> & { method?: string } = {}): DocumentRequest {
  const { method = 'POST', ...rest } = overrides;
  return { purpose: 'answer', target: { url, method }, call: inboundCall(), wantsDocument: true, ...rest };
}

describe('a document requested from a server', () => {
  let target: WebhookTarget;
  let http: HttpClient;
  before(async () => {
    target = await WebhookTarget.start();
    const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
    http = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 32 });
  });
  after(async () => {
    await http.close();
    await target.stop();
  });
  beforeEach(() => {
    target.respond = (_, response) => response.end('<Response><Hangup/></Response>');
  });
  afterEach(() => {
    target.received.length = 0;
  });
  const fetch = (request: DocumentRequest, signal = never) => new DocumentFetch({ ...needs, http }).fetch(request, signal);
  async function received(): Promise<ReceivedWebhook> {
    const [request] = await target.receive(1);
    assert.ok(request);
    return request;
  }

  /** What an application does with the validators of the official SDK. */
  function validated(request: ReceivedWebhook, token: string, kind: '' | 'Ma-'): readonly boolean[] {
    const url = `http://127.0.0.1:${target.port}${request.path}`;
    const header = (name: string) => String(request.headers[name.toLowerCase()] ?? '');
    const form = request.method === 'POST' ? { ...request.params } : {};
    const v3 = header(`X-Plivo-Signature-${kind}V3`);
    return [
      plivo.validateV3Signature(request.method, url, header('X-Plivo-Signature-V3-Nonce'), token, v3, form) === true,
      plivo.validateSignature(url, header('X-Plivo-Signature-V2-Nonce'), header(`X-Plivo-Signature-${kind}V2`), token) === true,
    ];
  }

  it('comes as what can be run', async () => {
    const answer = await fetch(documentRequest(target.url('/answer')));
    assert.deepEqual(answer, {
      kind: 'document',
      document: { elements: [{ element: 'Hangup', reason: undefined, scheduleMs: 0 }], notes: [] },
    });
    const request = await received();
    assert.equal(request.method, 'POST');
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(request.params.CallUUID, inboundCall().callId);
    assert.deepEqual([request.params.Event, request.params.CallStatus], ['StartApp', 'ringing']);
  });

  for (const method of ['POST', 'GET']) {
    for (const path of ['/answer', '/answer?tenant=blue&a=1', '/a%20b?name=J%C3%BCrgen+M&empty=#rc=0&rt=9000']) {
      it(`${method} ${path} has signatures that the official validator accepts`, async () => {
        const call = inboundCall({ ownerId: sub.authId, callerName: 'Zürich & <b>', customHeaders: { 'X-PH-Ticket': 'A=1?' } });
        await fetch(documentRequest(target.url(path), { method, call }));
        const request = await received();
        assert.equal(request.path.includes('#'), false);
        if (method === 'GET') assert.equal(request.body, '');
        assert.deepEqual(validated(request, sub.authToken, ''), [true, true]);
        assert.deepEqual(validated(request, main.authToken, 'Ma-'), [true, true]);
        assert.deepEqual(validated(request, 'another', ''), [false, false]);
      });
    }
  }

  it('that describes a sound of a conference is asked for with its name', async () => {
    const conference = { id: '019bb17a-0000-7000-8000-000000000009', name: 'standup room' };
    const purpose = 'conference-sound';
    await fetch(documentRequest(target.url('/hold'), { purpose, conference: { sound: 'wait', conference } }));
    const { params } = await received();
    assert.deepEqual(
      [params.Event, params.ConferenceAction, params.ConferenceName, params.ConferenceUUID, params.ConferenceMemberID],
      ['ConferenceRemoteSounds', 'waitSound', 'standup room', '', ''],
    );
    assert.equal(params.CallUUID, inboundCall().callId);
  });

  it('by GET has its parameters added to the query of its URL', async () => {
    await fetch(documentRequest(target.url('/answer?from=10'), { method: 'GET', purpose: 'redirect' }));
    const request = await received();
    assert.match(request.path, /^\/answer\?from=10&/);
    assert.deepEqual([request.params.Event, request.params.From], ['Redirect', '14155550123']);
  });

  it('of a deleted account goes unsigned', async () => {
    await fetch(documentRequest(target.url('/'), { call: inboundCall({ ownerId: 'MAGONE00000000000000' }) }));
    assert.equal((await received()).headers['x-plivo-signature-v3'], undefined);
  });

  it('never gets the credentials of its URL', async () => {
    const url = target.url('/answer').replace('//', '//user:secret@');
    await fetch(documentRequest(url));
    assert.equal((await received()).headers.authorization, undefined);
    assert.equal(observed[0]?.observation.url, target.url('/answer'));
  });

  it('is told what the element found out', async () => {
    const result = {
      element: 'Dial',
      status: 'completed',
      rang: true,
      cause: hangupCause(4000, 'Callee'),
      aLegId: 'a',
      bLegId: 'b',
    } as const;
    await fetch(documentRequest(target.url('/done'), { purpose: 'action', result, call: outboundCall() }));
    const { params } = await received();
    assert.deepEqual([params.Event, params.DialStatus, params.DialBLegUUID], ['Redirect', 'completed', 'b']);
    assert.deepEqual(validated(await received(), main.authToken, ''), [true, true]);
  });

  it('of sounds holds what can be heard alone', async () => {
    target.respond = (_, response) => response.end('<Response><Dial/><Play>https://a.example/b.wav</Play></Response>');
    const answer = await fetch(documentRequest(target.url('/music'), { purpose: 'dial-music' }));
    assert.ok(answer.kind === 'document');
    assert.deepEqual(answer.document.elements, [{ element: 'Play', url: 'https://a.example/b.wav', loop: 1 }]);
    assert.equal(answer.document.notes.length, 1);
    assert.equal((await received()).params.Event, 'DialRemoteSounds');
  });

  it('need not be one when nobody asked for it', async () => {
    target.respond = (_, response) => response.end('thanks');
    const answer = await fetch(documentRequest(target.url('/said'), { purpose: 'action', wantsDocument: false }));
    assert.deepEqual(answer, { kind: 'acknowledged' });
    assert.equal(observed[0]?.observation.failure, undefined);
  });

  it('may have any type and any status from 200 to 299', async () => {
    target.respond = (_, response) => response.writeHead(203, { 'content-type': 'text/html' }).end('<Response/>');
    assert.equal((await fetch(documentRequest(target.url('/')))).kind, 'document');
  });

  const unusable: [what: string, status: number, body: string | Buffer, reason: RegExp][] = [
    ['nothing', 200, '', /the document is empty|1:1/],
    ['no content', 204, '', /1:1/],
    ['JSON', 200, '{"a":1}', /^1:/],
    ['more than 100 KB', 200, `<Response><Speak>${' '.repeat(101 * 1024)}</Speak></Response>`, /larger than 100 KB/],
    ['bytes that are not UTF-8', 200, Buffer.from([0xff, 0xfe, 0x3c]), /not valid UTF-8/],
    ['an element without what it needs', 200, '<Response><Dial/></Response>', /^1:18: <Dial> needs a <Number> or <User>$/],
  ];
  for (const [what, status, body, reason] of unusable) {
    it(`of ${what} is invalid, and not asked for again`, async () => {
      target.respond = (_, response) => response.writeHead(status).end(body);
      const answer = await fetch(documentRequest(target.url('/#rp=all&rc=3')));
      assert.ok(answer.kind === 'invalid-document');
      assert.match(answer.reason, reason);
      assert.equal(target.received.length, 1);
      assert.deepEqual([observed[0]?.observation.status, observed[0]?.observation.failure], [status, answer.reason]);
    });
  }

  it('behind another address is not looked for', async () => {
    target.respond = (_, response) => response.writeHead(302, { location: target.url('/other') }).end('<Response/>');
    assert.deepEqual(await fetch(documentRequest(target.url('/'))), {
      kind: 'unreachable',
      reason: 'answered with status 302',
    });
    assert.equal(target.received.length, 1);
  });

  it('at a private address is not requested where that is not allowed', async () => {
    const guard = new TargetGuard({ allowPrivateTargets: false, allowed: [] }, systemClock);
    const guarded = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 1 });
    const answer = await new DocumentFetch({ ...needs, http: guarded }).fetch(documentRequest(target.url('/')), never);
    await guarded.close();
    assert.ok(answer.kind === 'unreachable');
    assert.match(answer.reason, /private/);
    assert.equal(target.received.length, 0);
    assert.equal(observed.length, 1);
  });

  it('that nobody serves is tried twice', async () => {
    const gone = await WebhookTarget.start();
    const url = gone.url('/');
    await gone.stop();
    assert.equal((await fetch(documentRequest(url))).kind, 'unreachable');
    assert.deepEqual(
      observed.map(({ observation }) => observation.attempt),
      [1, 2],
    );
  });

  it('ends at once when the call does', async () => {
    target.respond = () => undefined;
    const abort = new AbortController();
    const answer = fetch(documentRequest(target.url('/')), abort.signal);
    await received();
    const started = performance.now();
    abort.abort();
    assert.deepEqual(await answer, { kind: 'cancelled' });
    assert.ok(performance.now() - started < 500);
    assert.deepEqual(await fetch(documentRequest(target.url('/')), AbortSignal.abort()), { kind: 'cancelled' });
    assert.equal(target.received.length, 1);
  });

  it('is slow in coming: the read timeout of its URL ends it', async () => {
    target.respond = () => undefined;
    const started = performance.now();
    const answer = await fetch(documentRequest(target.url('/#rt=150&rc=1')));
    assert.deepEqual(answer, { kind: 'unreachable', reason: 'no answer within 150 ms' });
    assert.equal(target.received.length, 2);
    assert.ok(performance.now() - started < 2_000);
  });
});

describe('a target that cannot be used', () => {
  const http = { request: () => assert.fail('nothing is sent') };
  const fetch = (url: string, method = 'POST') =>
    new DocumentFetch({ ...needs, http }).fetch(documentRequest(url, { method }), never);

  it('is no http or https URL', async () => {
    for (const url of ['', '/relative', 'ftp://a.example/', 'https://', 'javascript:1', 'https:a.example']) {
      assert.equal((await fetch(url)).kind, 'invalid-url', url);
    }
    assert.deepEqual(observed[0]?.observation, {
      purpose: 'answer',
      url: '',
      method: 'POST',
      status: undefined,
      failure: 'not an http or https URL',
      latencyMs: 0,
      attempt: 0,
      notes: [],
    });
  });

  it('has another method than GET and POST', async () => {
    assert.equal((await fetch('https://a.example/', 'PUT')).kind, 'invalid-method');
    assert.equal((await fetch('', 'PUT')).kind, 'invalid-url');
  });

  it('shows no credentials in the timeline, even when it is no URL', async () => {
    await fetch('ftp://user:secret@a.example/');
    await fetch('https://user:secret@');
    assert.doesNotMatch(JSON.stringify(observed), /secret/);
  });
});

describe('input that is not to be logged', () => {
  it('appears in no observation, nor does what the answer may repeat of it', async () => {
    const bodies = ['<Response><Play loop="4711">x</Play><x4711/></Response>', '<Response><x4711></Response>'];
    for (const body of bodies) {
      const http = {
        async request(): Promise<HttpResult> {
          const times = { startedAt: 0, connectedMs: 0, firstByteMs: 0, totalMs: 0 };
          return { kind: 'answer', status: 200, headers: {}, body: Buffer.from(body), truncated: false, times };
        },
      };
      const answer = await new DocumentFetch({ ...needs, http }).fetch(
        documentRequest('https://a.example/', {
          purpose: 'action',
          method: 'GET',
          confidential: true,
          result: { element: 'GetDigits', digits: '4711' },
        }),
        never,
      );
      const told = answer.kind === 'document' ? answer.document.notes : answer;
      assert.doesNotMatch(JSON.stringify([observed, told]), /4711/);
    }
    assert.equal(observed.length, 2);
  });
});
