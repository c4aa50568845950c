import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { REQUEST_IDS, RecordedCalls, UNKNOWN_CALL } from '../../../testkit/recorded-calls.ts';
import { Problem } from '../../errors/catalogue.ts';
import { readMachineDetection } from './machine-detection.ts';

const CALL = REQUEST_IDS[0];
const ANSWER = 'http://127.0.0.1:9/answer';
const MINIMAL = { from: '+14155550100', to: '14155550123', answer_url: ANSWER };

describe('calls made over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Voice');
  });
  after(() => fixture.close());
  beforeEach(() => {
    voice.taken();
    voice.queued = false;
  });

  describe('making one', () => {
    it('hands every parameter on, with its default', async () => {
      const { status, body } = await api.post('Call/', MINIMAL);
      assert.equal(status, 201);
      assert.deepEqual({ ...body, api_id: '' }, { api_id: '', message: 'call fired', request_uuid: CALL });
      assert.deepEqual(voice.taken(), [
        'place',
        {
          from: '+14155550100',
          to: ['14155550123'],
          callerName: undefined,
          answer: { url: ANSWER, method: 'POST' },
          ring: undefined,
          hangup: undefined,
          fallback: undefined,
          sendDigits: [undefined],
          sendOnPreanswer: [false],
          timeLimitS: [undefined],
          hangupOnRingS: [undefined],
          ringTimeoutS: undefined,
          machine: undefined,
          headers: {},
          parentCallId: undefined,
          errorIfParentNotFound: false,
          requesterIp: '127.0.0.1',
          idempotencyKey: undefined,
        },
      ]);
    });

    it('takes all of them', async () => {
      await api.post('Call/', {
        ...MINIMAL,
        answer_method: 'GET',
        ring_url: 'http://127.0.0.1:9/ring',
        ring_method: 'GET',
        hangup_url: 'http://127.0.0.1:9/hangup#rc=2',
        fallback_url: 'http://127.0.0.1:9/fallback',
        fallback_method: 'GET',
        caller_name: 'Ana',
        send_digits: '1w2W3@800',
        send_on_preanswer: 'true',
        time_limit: 60,
        hangup_on_ring: '0',
        ring_timeout: 30,
        sip_headers: 'CustomId=123,Plivo=x,bad name=1,',
        parent_call_uuid: UNKNOWN_CALL,
        error_if_parent_not_found: true,
        machine_detection: 'hangup',
        call_type: 'whatsapp_voice',
      });
      const [, request] = voice.taken();
      assert.deepEqual(request, {
        from: '+14155550100',
        to: ['14155550123'],
        callerName: 'Ana',
        answer: { url: ANSWER, method: 'GET' },
        ring: { url: 'http://127.0.0.1:9/ring', method: 'GET' },
        hangup: { url: 'http://127.0.0.1:9/hangup#rc=2', method: 'POST' },
        fallback: { url: 'http://127.0.0.1:9/fallback', method: 'GET' },
        sendDigits: ['1w2W3@800'],
        sendOnPreanswer: [true],
        timeLimitS: [60],
        hangupOnRingS: [0],
        ringTimeoutS: 30,
        machine: readMachineDetection({ machine_detection: 'hangup' }),
        headers: { CustomId: '123' },
        parentCallId: UNKNOWN_CALL,
        errorIfParentNotFound: true,
        requesterIp: '127.0.0.1',
        idempotencyKey: undefined,
      });
    });

    it('says when it has to wait for its turn', async () => {
      voice.queued = true;
      assert.equal((await api.post('Call/', MINIMAL)).body.message, 'call queued');
    });

    it('calls several destinations, joined by < or as an array, each once and in order', async () => {
      const to = ['14155550123', 'sip:ana1@phone.plivo.com', '+1 (415) 555-0123'];
      for (const given of [to.join('<'), to, [to.join('<')], `${to.join('<')}<`]) {
        const { body } = await api.post('Call/', { ...MINIMAL, to: given, parent_call_uuid: UNKNOWN_CALL });
        assert.deepEqual(body.request_uuid, REQUEST_IDS.slice(0, 2));
        assert.equal(body.message, 'calls fired');
        const [, request] = voice.taken();
        assert.ok(typeof request === 'object' && request !== null && 'to' in request && 'parentCallId' in request);
        assert.deepEqual(request.to, to.slice(0, 2));
        assert.equal(request.parentCallId, undefined);
      }
    });

    it('names those of several destinations that no call can be made to', async () => {
      voice.invalid = ['nobody'];
      const { status, body } = await api.post('Call/', { ...MINIMAL, to: '14155550123<nobody' });
      voice.invalid = [];
      assert.deepEqual([status, body.request_uuid, body.invalid_numbers], [201, REQUEST_IDS.slice(0, 1), ['nobody']]);
    });

    it('tells several calls as an array, and to the SDKs of .NET and Java, which throw on one, as a text', async () => {
      const told = async (to: string, userAgent: string) => {
        const response = await fixture.http.inject({
          method: 'POST',
          url: fixture.path('Call/'),
          headers: { ...basic(fixture.account), 'user-agent': userAgent },
          payload: { ...MINIMAL, to },
        });
        return response.json<{ readonly request_uuid: unknown }>().request_uuid;
      };
      const two = '14155550123<14155550124';
      const ids = REQUEST_IDS.slice(0, 2);
      for (const agent of ['plivo-node/4.79.0', 'plivo-go/7.60.2']) assert.deepEqual(await told(two, agent), ids);
      for (const agent of ['plivo-dotnet/5.53.0.0', 'plivo-java/5.46.3 (Implementation: OpenJDK)']) {
        assert.equal(await told(two, agent), JSON.stringify(ids));
        assert.equal(await told('14155550123', agent), ids[0]);
      }
    });

    it('gives each destination its own option when there is a list, under the names that .NET sends as well', async () => {
      await api.post('Call/', {
        ...MINIMAL,
        to: '14155550123<14155550123<14155550124',
        new_time_limit: '60<61<62',
        new_hangup_on_ring: '<<9',
        new_send_on_preanswer: 'True<False<True',
        send_digits: '1',
        error_ifrent_not_found: true,
      });
      const [, request] = voice.taken();
      assert.ok(typeof request === 'object' && request !== null);
      const { timeLimitS, hangupOnRingS, sendOnPreanswer, sendDigits, errorIfParentNotFound } = Object.assign(
        { timeLimitS: 0, hangupOnRingS: 0, sendOnPreanswer: 0, sendDigits: 0, errorIfParentNotFound: 0 },
        request,
      );
      assert.deepEqual(
        { timeLimitS, hangupOnRingS, sendOnPreanswer, sendDigits, errorIfParentNotFound },
        {
          timeLimitS: [60, 62],
          hangupOnRingS: [undefined, 9],
          sendOnPreanswer: [true, true],
          sendDigits: ['1'],
          errorIfParentNotFound: true,
        },
      );
    });

    it('ignores the blanks and defaults that SDKs send', async () => {
      const { status } = await api.post('Call/', {
        ...MINIMAL,
        new_time_limit: '',
        new_hangup_on_ring: '',
        new_send_on_preanswer: '',
        ring_url: null,
        machine_detection_time: 5000,
        machine_detection_method: 'POST',
        ring_timeout: 120,
        error_if_parent_not_found: false,
        status_url: 'x',
        status_events: ['a'],
      });
      assert.equal(status, 201);
    });

    it('names the parameter that is wrong', async () => {
      const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
        [{ answer_url: undefined }, /^answer_url parameter is missing$/],
        [{ from: '' }, /^from parameter is missing$/],
        [{ to: undefined }, /^to parameter is missing$/],
        [{ to: '<' }, /^to parameter is missing$/],
        [{ to: { a: 1 } }, /^to parameter is invalid/],
        [{ to: '+1-415-555-0100' }, /^to parameter is invalid: it is the same number as from$/],
        [
          { to: Array.from({ length: 1001 }, (_, i) => String(14155550000 + i)).join('<') },
          /^to parameter .* 1000 destinations$/,
        ],
        [{ answer_url: 'ftp://x' }, /^answer_url parameter/],
        [{ answer_url: ['http://127.0.0.1/'] }, /^answer_url parameter/],
        [{ answer_method: 'PUT' }, /^answer_method parameter .*GET, POST/],
        [{ caller_name: 'x'.repeat(51) }, /^caller_name parameter/],
        [{ time_limit: 0 }, /^time_limit parameter/],
        [{ time_limit: '60<61' }, /^time_limit parameter .*each of the 1 destinations/],
        [{ time_limit: 1.5 }, /^time_limit parameter/],
        [{ hangup_on_ring: -1 }, /^hangup_on_ring parameter/],
        [{ ring_timeout: 'soon' }, /^ring_timeout parameter/],
        [{ send_on_preanswer: 'perhaps' }, /^send_on_preanswer parameter/],
        [{ send_digits: 'abc!' }, /^send_digits parameter/],
        [{ hangup_url: 'nowhere' }, /^hangup_url parameter/],
      ];
      for (const [change, text] of cases) {
        const { status, body } = await api.post('Call/', { ...MINIMAL, ...change });
        assert.equal(status, 400, JSON.stringify(change));
        assert.match(String(body.error), text);
      }
      assert.deepEqual(voice.taken(), []);
    });

    it('passes on why the engine refuses', async () => {
      voice.refuseNext = new Problem('destination_barred', 'Calls to this destination country are barred.');
      const { status, body } = await api.post('Call/', MINIMAL);
      assert.deepEqual([status, body.error], [403, 'Calls to this destination country are barred.']);
    });

    it('is counted apart from other requests', async () => {
      const limited = await createTenant(fixture, 'Limited');
      await fixture.services.accounts.update(
        limited.authId,
        { settings: { apiRequestsPer5s: 1, callRequestsPer5s: 2 } },
        new Date(fixture.clock.now()),
      );
      fixture.services.directory.invalidateAll();
      assert.equal((await limited.get('Call/')).status, 200);
      assert.equal((await limited.get('Call/')).status, 429);
      assert.equal((await limited.post('Call/', MINIMAL)).status, 201);
      assert.equal((await limited.post('Call/', MINIMAL)).status, 201);
      assert.equal((await limited.post('Call/', MINIMAL)).status, 429);
    });

    it('runs asynchronously with a callback_url: answered 200, the same calls if it runs again', async () => {
      const { status, body } = await api.post('Call/', { ...MINIMAL, callback_url: 'http://127.0.0.1:9/done' });
      assert.deepEqual([status, body.message], [200, 'async api spawned']);
      while (voice.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const [, request] = voice.taken();
      assert.ok(typeof request === 'object' && request !== null && 'idempotencyKey' in request);
      assert.equal(request.idempotencyKey, body.api_id);
    });
  });

  it('with voice switched off are refused, and none is live', async () => {
    const silent = await createPlivoFixture();
    try {
      const client = await createTenant(silent, 'Off');
      assert.equal((await client.post('Call/', MINIMAL)).status, 503);
      assert.equal((await client.delete(`Call/${CALL}/`)).status, 404);
      assert.equal((await client.delete('Call/')).status, 204);
      assert.deepEqual((await client.get('Call/?status=live')).body.calls, []);
    } finally {
      await silent.close();
    }
  });
});
