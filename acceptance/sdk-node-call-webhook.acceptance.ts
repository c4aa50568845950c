import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call } from './api.ts';
import { assertParams, CallWebhookSuite, document, HANGUP, OUTBOUND, SECONDS } from './call-webhook-suite.ts';
import { OWN_NUMBER, SECOND_NUMBER } from './fixture.ts';
import { FAR } from './voice-fixture.ts';
import { eventually, pause } from './wait.ts';
import { allSignaturesValid, checkSignatures } from './webhook-receiver.ts';

describe('webhooks of calls, by the Node SDK', () => {
  let suite: CallWebhookSuite;
  before(async () => {
    suite = await CallWebhookSuite.start('sdk-node-call-webhook');
  });
  after(() => suite?.dispose());
  beforeEach(() => suite.reset());

  for (const method of ['POST', 'GET'] as const) {
    it(`tells ring, answer and hangup by ${method}, with the query of their URLs and without the fragment`, async () => {
      const url = (path: string) => suite.receiver.url(`${path}?tenant=7&env=a%20b&sign=%2B#rt=5000&rc=2`);
      const uuid = String(
        (
          await suite.client.calls.create(OWN_NUMBER, FAR.leaves, url('/stay'), {
            answerMethod: method,
            ringUrl: url('/ring'),
            ringMethod: method,
            hangupUrl: url('/hangup'),
            hangupMethod: method,
            callerName: 'Ana',
            sipHeaders: 'Ticket=A17',
          })
        ).requestUuid,
      );
      await suite.ended(uuid);
      for (const [path, event, status] of [
        ['/ring', 'Ring', 'ringing'],
        ['/stay', 'StartApp', 'in-progress'],
        ['/hangup', 'Hangup', 'completed'],
      ] as const) {
        const request = await suite.at(path);
        assert.equal(request.method, method);
        suite.signed(request);
        assertParams(request, OUTBOUND);
        const { params } = request;
        assert.deepEqual([params.Event, params.CallStatus, params.Direction], [event, status, 'outbound'], path);
        assert.deepEqual([params.From, params.To, params.ParentAuthID], [OWN_NUMBER, FAR.leaves, suite.target.authId]);
        assert.deepEqual([params.CallUUID, params.RequestUUID, params.ALegUUID, params.ALegRequestUUID], Array(4).fill(uuid));
        assert.deepEqual([params.tenant, params.env, params.sign], ['7', 'a b', '+']);
        assert.equal(params['X-PH-Ticket'], 'A17');
        assert.ok(!request.url.includes('#') && !request.url.includes('rt=5000'));
        if (method === 'POST') assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
        else assert.equal(request.body, '');
        assert.equal(suite.receiver.on(path).length, 1, 'told once');
      }
      const { params } = await suite.at('/hangup');
      assertParams(await suite.at('/hangup'), { ...HANGUP, AnswerTime: SECONDS });
      assert.deepEqual(
        [params.HangupCause, params.HangupCauseName, params.HangupCauseCode, params.HangupSource],
        ['NORMAL_CLEARING', 'Normal Hangup', '4000', 'Callee'],
      );
      assert.equal(params.BillDuration, '60');
      assert.ok(!('CarrierFailoverTriggered' in params));
    });
  }

  it('signs URLs of every form, also those without a path, with blanks and letters of other alphabets', async () => {
    for (const form of [
      '',
      '?a=1',
      '/?b',
      '/st%20ay/x%2Fy',
      '/ünï?name=%C3%A9&blank=&plus=a+b&many=2&many=1&UPPER=x',
      '/dots/../up;v=1?z=%7E&a=~&sub%5Bx%5D=1',
      '/x?From=mine#rc=1&er=mumbai',
    ]) {
      for (const method of ['POST', 'GET'] as const) {
        suite.receiver.received.length = 0;
        // Nobody is interrupted by the document: every path that is not set answers with nothing, which ends the call.
        const fired = await suite.client.calls.create(OWN_NUMBER, FAR.answers, suite.receiver.url(form), {
          answerMethod: method,
        });
        const uuid = String(fired.requestUuid);
        const request = await suite.receiver.waitFor(`${method} ${form}`, (got) => got.params.CallUUID === uuid);
        assert.equal(request.method, method);
        assert.deepEqual(
          checkSignatures(request, suite.target.authToken, suite.target.authToken),
          allSignaturesValid,
          `${method} ${form} as ${request.url}`,
        );
        await suite.ended(uuid);
      }
    }
  });

  it('tells of the end of calls that nobody answered', async () => {
    for (const [to, status, cause, code, params] of [
      [FAR.busy, 'busy', 'USER_BUSY', '3010', {}],
      [FAR.rejects, 'failed', 'CALL_REJECTED', '3110', {}],
      [FAR.rings, 'no-answer', undefined, '6010', { ringTimeout: 1 }],
    ] as const) {
      suite.receiver.received.length = 0;
      await suite.client.calls.create(OWN_NUMBER, to, suite.receiver.url('/stay'), {
        hangupUrl: suite.receiver.url('/hangup'),
        ...params,
      });
      const told = await suite.at('/hangup');
      suite.signed(told);
      assertParams(told, { ...OUTBOUND, ...HANGUP, AnswerTime: /^$/ });
      assert.deepEqual(
        [told.params.CallStatus, told.params.HangupCauseCode, told.params.Duration, told.params.TotalCost],
        [status, code, '0', '0.00000'],
        to,
      );
      if (cause !== undefined) assert.equal(told.params.HangupCause, cause);
      assert.equal(suite.receiver.on('/stay').length, 0, 'no document was asked for');
    }
  });

  it('asks the fallback URL when the answer URL fails, and counts retries as the fragment says', async () => {
    suite.answers.set(
      '/fallback',
      document((response) => response.addHangup()),
    );
    for (const [path, fragment, answer, tries] of [
      ['/broken', '', { status: 500 }, 1],
      ['/retried', '#rc=2&rp=5xx', { status: 503 }, 3],
      ['/slow', '#rt=300&rc=1', 'hang', 2],
      ['/cut', '#rc=0', 'reset', 1],
      ['/gone', '#rc=3&rp=ct,rt', { status: 404 }, 1],
      ['/all', '#rc=1&rp=all', { status: 404 }, 2],
      ['/garbage', '#rc=3&rp=all', { contentType: 'text/html', body: '<html><p>Hello' }, 1],
    ] as const) {
      suite.receiver.received.length = 0;
      suite.answers.set(path, answer);
      const fired = await suite.client.calls.create(OWN_NUMBER, FAR.answers, suite.receiver.url(`${path}?a=1${fragment}`), {
        fallbackUrl: suite.receiver.url('/fallback?b=2'),
        fallbackMethod: 'POST',
      });
      const request = await suite.at('/fallback');
      suite.signed(request);
      assertParams(request, OUTBOUND);
      assert.deepEqual([request.params.Event, request.params.b], ['StartApp', '2']);
      assert.equal(suite.receiver.on(path).length, tries, `${path}${fragment}`);
      for (const attempt of suite.receiver.on(path)) suite.signed(attempt);
      assert.equal((await suite.ended(String(fired.requestUuid))).hangupSource, 'Answer XML');
    }
  });

  it('ends the call when the fallback fails too, with a cause of its own', async () => {
    for (const [answer, code] of [
      [{ status: 500 }, 7011],
      [{ contentType: 'application/xml', body: '<Response><Reject/></Response>' }, 8011],
    ] as const) {
      suite.answers.set('/bad', answer);
      const fired = await suite.client.calls.create(OWN_NUMBER, FAR.answers, suite.receiver.url('/bad'), {
        fallbackUrl: suite.receiver.url('/bad'),
      });
      const made = await suite.ended(String(fired.requestUuid));
      assert.deepEqual([made.hangupCauseCode, made.hangupSource], [code, 'Error']);
    }
  });

  it('delivers a hangup again until it is taken', async () => {
    suite.answers.set('/hangup', (_, count) => ({ status: count < 3 ? 500 : 200 }));
    await suite.client.calls.create(OWN_NUMBER, FAR.busy, suite.receiver.url('/stay'), {
      hangupUrl: suite.receiver.url('/hangup#rc=4&rp=5xx'),
    });
    await eventually('third attempt', () => (suite.receiver.on('/hangup').length >= 3 ? true : undefined));
    await pause(500);
    const attempts = suite.receiver.on('/hangup');
    assert.equal(attempts.length, 3);
    assert.equal(new Set(attempts.map(({ params }) => params.CallUUID)).size, 1);
    for (const attempt of attempts) suite.signed(attempt);
  });

  it('signs calls of a subaccount with its own token and with the main one', async () => {
    const sub = await suite.client.subaccounts.create('caller', true);
    const scoped = { ...suite.target, authId: String(sub.authId), authToken: String(sub.authToken) };
    await suite.client.numbers.update(SECOND_NUMBER, { subAccount: scoped.authId, appId: null });
    const fired = await call(scoped, 'Call/', {
      body: {
        from: SECOND_NUMBER,
        to: FAR.leaves,
        answer_url: suite.receiver.url('/stay'),
        hangup_url: suite.receiver.url('/hangup'),
      },
    });
    assert.equal(fired.status, 201, fired.text);
    for (const path of ['/stay', '/hangup']) {
      const request = await suite.at(path);
      assert.deepEqual(checkSignatures(request, scoped.authToken, suite.target.authToken), allSignaturesValid, path);
      assert.equal(request.params.ParentAuthID, suite.target.authId);
    }
    const own = await eventually('record', async () => {
      const records = await suite.client.calls.list({ subaccount: scoped.authId });
      return records.length > 0 ? records : undefined;
    });
    assert.equal(own[0]?.callUuid, fired.json.request_uuid);
  });
});
