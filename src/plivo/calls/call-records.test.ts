import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { newCall, normalEnd, storeEndedCall } from '../../../testkit/call-rows.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import type { NewCall } from '../../voice/call-record.ts';
import { CallStore } from '../../voice/call-store.ts';
import { hangupCause } from '../../voice/hangup-cause.ts';

const DAY_MS = 24 * 3_600_000;

describe('records of calls', () => {
  let fixture: PlivoFixture;
  let calls: CallStore;
  let api: ApiClient;
  let now: number;
  /** One ended `days` ago. */
  const ended = async (given: Partial<NewCall> & { days?: number }, change = {}, who = api): Promise<string> => {
    const { days = 0, ...facts } = given;
    const at = now - days * DAY_MS;
    const callId = fixture.services.ids.uuidAt(at - 60_000);
    await storeEndedCall(calls, newCall({ callId, accountId: who.authId, initiatedAt: at - 60_000, ...facts }), at, change);
    return callId;
  };
  const idsOf = async (query: string, who = api) => objectsOf(await who.get(`Call/${query}`)).map((call) => call.call_uuid);
  const utc = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

  before(async () => {
    fixture = await createPlivoFixture();
    now = fixture.clock.now();
    calls = new CallStore(fixture.database.storage.hot, fixture.clock, silentLog);
    api = await createTenant(fixture, 'Records');
    await fixture.services.accounts.update(api.authId, { timezone: 'Asia/Kolkata' }, new Date(now));
    fixture.services.directory.invalidateAll();
  });
  after(async () => {
    await calls.stop();
    await fixture.close();
  });

  it('of an answered call have every key in its form', async () => {
    const who = await createTenant(fixture, 'One');
    await fixture.services.accounts.update(who.authId, { timezone: 'Asia/Kolkata' }, new Date(now));
    fixture.services.directory.invalidateAll();
    const callId = await ended({}, {}, who);
    const { status, body } = await who.get(`Call/${callId}/?call_uuid=${callId}`);
    assert.equal(status, 200);
    const local = (ms: number) => `${utc(ms + 5.5 * 3_600_000)}+05:30`;
    assert.deepEqual(
      { ...body, api_id: '' },
      {
        api_id: '',
        answer_time: local(now - 42_000),
        bill_duration: 42,
        billed_duration: 60,
        call_direction: 'outbound',
        call_duration: 42,
        call_state: 'ANSWER',
        call_uuid: callId,
        cnam_lookup: '',
        conference_uuid: null,
        end_time: local(now),
        from_number: '14155550100',
        hangup_cause_code: 4000,
        hangup_cause_name: 'Normal Hangup',
        hangup_source: 'Callee',
        initiation_time: local(now - 60_000),
        parent_call_uuid: null,
        resource_uri: `/v1/Account/${who.authId}/Call/${callId}/`,
        source_ip: '192.0.2.10',
        stir_attestation: '',
        stir_verification: 'Not Applicable',
        to_number: '14155550123',
        total_amount: '0.01000',
        total_rate: '0.01000',
        voice_network_group: '',
      },
    );
    const list = await who.get('Call/');
    const { api_id: _, ...record } = body;
    assert.deepEqual(list.body.objects, [record]);
    assert.deepEqual(list.body.meta, { limit: 20, offset: 0, next: null, previous: null, total_count: 1 });
  });

  it('of a call that was in a conference name that', async () => {
    const who = await createTenant(fixture, 'Conference');
    const callId = fixture.services.ids.uuid();
    const conferenceId = fixture.services.ids.uuid();
    await calls.insertStarted(newCall({ callId, accountId: who.authId, initiatedAt: now }), 'dialing', 'node');
    await calls.end(callId, { ...normalEnd(now), conferenceId });
    assert.equal((await who.get(`Call/${callId}/`)).body.conference_uuid, conferenceId);
    assert.deepEqual(
      objectsOf(await who.get('Call/')).map((call) => call.conference_uuid),
      [conferenceId],
    );
  });

  it('of a call to a number say whether its caller was looked up by name', async () => {
    const who = await createTenant(fixture, 'Names');
    const options = newCall({ callId: '', accountId: '', initiatedAt: now }).options;
    for (const cnamLookup of ['enabled', 'disabled'] as const) {
      const callId = await ended({ direction: 'inbound', options: { ...options, cnamLookup } }, {}, who);
      assert.equal((await who.get(`Call/${callId}/`)).body.cnam_lookup, cnamLookup);
    }
  });

  it('of an account without calls are an empty list', async () => {
    const who = await createTenant(fixture, 'None');
    const { body } = await who.get('Call/');
    assert.deepEqual([body.objects, body.meta], [[], { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }]);
    assert.deepEqual((await who.get('Call/?status=live')).body.calls, []);
    assert.deepEqual((await who.get('Call/?status=queued&limit=20&offset=0')).body.calls, []);
  });

  it('of calls that nobody answered say why, and cost nothing', async () => {
    const who = await createTenant(fixture, 'Unanswered');
    for (const [code, state] of [
      [3010, 'BUSY'],
      [6010, 'TIMEOUT'],
      [1000, 'CANCEL'],
      [3020, 'REJECTED'],
      [3000, 'NO_ANSWER'],
      [5010, 'FAILED'],
    ] as const) {
      const change = { cause: hangupCause(code, 'Carrier'), durationS: 0, billedS: 0, amountMicros: 0 };
      const { body } = await who.get(`Call/${await ended({}, change, who)}/`);
      assert.deepEqual([body.call_state, body.answer_time, body.total_amount, body.billed_duration], [state, null, '0.00000', 0]);
    }
  });

  it('are found by each filter', async () => {
    const who = await createTenant(fixture, 'Filters');
    const sub = await createSubtenant(fixture, who, 'Branch');
    const outbound = await ended({ from: '14155550100', to: '442079460123' }, {}, who);
    const inbound = await ended({ direction: 'inbound', from: '14155550155', to: '14155550100', ownerId: sub.authId }, {}, who);
    const leg = await ended({ to: 'sip:ana%1@phone.plivo.com', parentCallId: inbound }, {}, who);
    const busy = await ended(
      { stirVerification: 'Verified' },
      { cause: hangupCause(3010, 'Carrier'), durationS: 0, billedS: 0, amountMicros: 0 },
      who,
    );
    const all = [busy, leg, inbound, outbound].sort().reverse();
    assert.deepEqual(await idsOf('', who), all);
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['call_direction=inbound', [inbound]],
      ['from_number=%2B1415555015', [inbound]],
      ['to_number=44', [outbound]],
      ['to_number=442079460123', [outbound]],
      ['to_number=sip:ana%251', [leg]],
      ['to_number=4_', []],
      [`parent_call_uuid=${inbound}`, [leg]],
      ['parent_call_uuid=no-uuid', []],
      [`subaccount=${sub.authId}`, [inbound]],
      ['bill_duration=0', [busy]],
      ['bill_duration__gte=42&bill_duration__lt=43&call_direction=inbound', [inbound]],
      ['bill_duration__gt=42', []],
      ['bill_duration_lte=41', [busy]],
      ['hangup_cause_code=3010', [busy]],
      ['hangup_source=Carrier', [busy]],
      ['stir_verification=Verified', [busy]],
    ];
    for (const [query, found] of cases) assert.deepEqual(await idsOf(`?${query}`, who), found, query);
    assert.deepEqual(await idsOf('', sub), [inbound]);
    assert.equal((await sub.get(`Call/${outbound}/`)).status, 404);
    const { body } = await who.get('Call/?limit=3&offset=1&call_direction=outbound');
    assert.deepEqual(body.meta, {
      limit: 3,
      offset: 1,
      next: null,
      previous: `/v1/Account/${who.authId}/Call/?call_direction=outbound&limit=3&offset=0`,
      total_count: 3,
    });
  });

  it('are those of the last seven days unless end_time says otherwise, within thirty days and ninety back', async () => {
    const who = await createTenant(fixture, 'Range');
    const today = await ended({}, {}, who);
    const week = await ended({ days: 8 }, {}, who);
    const month = await ended({ days: 40 }, {}, who);
    assert.deepEqual(await idsOf('', who), [today]);
    const day = (days: number) => encodeURIComponent(utc(now - days * DAY_MS));
    assert.deepEqual(await idsOf(`?end_time__gte=${day(9)}`, who), [today, week]);
    assert.deepEqual(await idsOf(`?end_time__lt=${day(7)}`, who), [week]);
    assert.deepEqual(await idsOf(`?end_time__gt=${day(41)}&end_time__lte=${day(39)}`, who), [month]);
    assert.deepEqual(await idsOf(`?end_time=${day(8)}`, who), [week]);
    assert.deepEqual(
      await idsOf(
        `?end_time__gte=${encodeURIComponent('01/02/2026 03:04:05')}&end_time__lte=${encodeURIComponent('2026-01-03 00:00')}`,
        who,
      ),
      [],
    );
    const tooLong = await who.get(`Call/?end_time__gt=${day(41)}&end_time__lt=${day(1)}`);
    assert.deepEqual(
      [tooLong.status, tooLong.body.error],
      [400, 'end_time parameter is invalid: the range is longer than 30 days'],
    );
    assert.match(String((await who.get('Call/?end_time__gt=yesterday')).body.error), /^end_time__gt parameter/);
  });

  it('do not exist while a call is live or queued; then it is shown as that', async () => {
    const who = await createTenant(fixture, 'Live');
    const live = newCall({
      callId: fixture.services.ids.uuid(),
      accountId: who.authId,
      initiatedAt: Date.UTC(2026, 2, 2, 8, 35, 3, 25),
      callerName: 'Ana',
      options: { dial: { answer: { url: 'http://127.0.0.1:9/answer', method: 'POST' }, sendOnPreanswer: false, headers: {} } },
    });
    const queued = newCall({ callId: fixture.services.ids.uuid(), accountId: who.authId, initiatedAt: now });
    await calls.insertStarted(live, 'dialing', 'node');
    await calls.insertQueued([{ call: queued, state: 'queued', node: undefined, mayRepeat: false }]);
    assert.equal((await who.get(`Call/${live.callId}/`)).status, 404);
    assert.equal((await who.get(`Call/${live.callId}/?status=queued`)).status, 404);
    assert.equal((await who.get(`Call/${queued.callId}?status=live`)).status, 404);
    const shown = await who.get(`Call/${live.callId}?status=live`);
    assert.deepEqual(
      { ...shown.body, api_id: '' },
      {
        api_id: '',
        answer_url: 'http://127.0.0.1:9/answer',
        call_status: 'ringing',
        call_uuid: live.callId,
        caller_name: 'Ana',
        direction: 'outbound',
        from: '14155550100',
        parent_call_uuid: '',
        request_uuid: live.callId,
        session_start: '2026-03-02 08:35:03.025000',
        stir_attestation: '',
        stir_verification: 'Not Applicable',
        to: '14155550123',
      },
    );
    await calls.markAnswered(live.callId, now);
    assert.equal((await who.get(`Call/${live.callId}/?status=live`)).body.call_status, 'in-progress');
    const waiting = await who.get(`Call/${queued.callId}/?status=queued`);
    assert.deepEqual(
      { ...waiting.body, api_id: '' },
      {
        api_id: '',
        call_status: 'queued',
        call_uuid: queued.callId,
        caller_name: '',
        direction: 'outbound',
        from: '14155550100',
        request_uuid: queued.callId,
        to: '14155550123',
      },
    );
    assert.deepEqual((await who.get('Call/?status=live&to_number=1415&call_direction=outbound')).body.calls, [live.callId]);
    assert.deepEqual((await who.get('Call/?status=queued')).body.calls, [queued.callId]);
    await calls.end(live.callId, normalEnd(now));
    assert.equal((await who.get(`Call/${live.callId}/?status=live`)).status, 404);
    assert.equal((await who.get(`Call/${live.callId}/`)).status, 200);
  });

  it('name what is wrong with a filter', async () => {
    for (const query of [
      'status=dead',
      'call_direction=up',
      'bill_duration=long',
      'hangup_cause_code=x',
      'limit=21',
      'subaccount=MA1',
    ]) {
      const { status, body } = await api.get(`Call/?${query}`);
      assert.equal(status, 400, query);
      assert.ok(String(body.error).includes(query.split('=')[0] ?? ''), String(body.error));
    }
    assert.equal((await api.get('Call/no-uuid/')).status, 404);
  });

  it('take feedback, on a path without account too', async () => {
    const callId = await ended({});
    const path = `/v1/Call/${callId}/Feedback/`;
    const posted = await api.post(path, { rating: 5, call_uuid: callId });
    assert.deepEqual(
      [posted.status, { ...posted.body, api_id: '' }],
      [201, { api_id: '', message: 'Feedback has been posted', data: 'Feedback has been posted', status: 'success' }],
    );
    assert.equal((await api.post(`/v1${path}`, { rating: 4, issues: ['ECHO'] })).status, 201, 'as the PHP SDK sends it');
    const inBody = { callUUID: callId, rating: 4, issues: ['AUDIO_LAG'], isCallInsightsRequest: true };
    assert.equal((await api.post('/v1/v1/Call/', inBody)).status, 201, 'as the PHP SDK sends it after another request');
    assert.deepEqual((await fixture.services.callFeedback.find(callId))?.issues, ['AUDIO_LAG']);
    assert.equal((await api.post('/v1/v1/Call/', { rating: 5 })).status, 422);
    assert.equal((await api.post('/v1/v1/Call/', { rating: 5, callUUID: 'no-uuid' })).status, 404);
    assert.equal(
      (await api.post(`Call/${callId}/Feedback/`, { rating: '3.5', issues: ['ECHO', 'call_droppped'], notes: 'tin' })).status,
      201,
    );
    assert.deepEqual(await fixture.services.callFeedback.find(callId), {
      callId,
      rating: 3.5,
      issues: ['ECHO', 'CALL_DROPPED'],
      notes: 'tin',
      givenAt: now,
    });
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{}, /^rating parameter is missing$/],
      [{ rating: 6 }, /^rating parameter/],
      [{ rating: 'good' }, /^rating parameter/],
      [{ rating: 2 }, /^issues parameter is missing/],
      [{ rating: 2, issues: ['TOO_LOUD'] }, /^issues parameter/],
      [{ rating: 5, notes: 7 }, /^notes parameter/],
    ];
    for (const [body, text] of wrong) {
      const reply = await api.post(path, body);
      assert.equal(reply.status, 422, JSON.stringify(body));
      assert.match(String(reply.body.error), text);
    }
    const stranger = await createTenant(fixture, 'Stranger');
    assert.equal((await stranger.post(path, { rating: 5 })).status, 404);
    const nobody = await fixture.http.inject({ method: 'POST', url: path });
    assert.equal(nobody.statusCode, 401);
  });
});
