import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { webhooksOfSubject } from '../../../testkit/stored-webhooks.ts';

const GERMAN = '+4915112345678';
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+Z$/;
const MINUTE_MS = 60_000;

describe('verification sessions over the API', () => {
  let fixture: PlivoFixture;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
  });
  after(() => fixture.close());

  const begin = async (who: ApiClient, given: Record<string, unknown> = {}) => {
    const { status, body } = await who.post('Verify/Session/', { recipient: GERMAN, channel: 'voice', ...given });
    assert.equal(status, 202, String(body.error));
    assert.equal(body.message, 'Session initiated');
    return { id: String(body.session_uuid), code: voice.codes.at(-1)?.code ?? '' };
  };
  const validate = (who: ApiClient, id: string, otp: string) => who.post(`Verify/Session/${id}/`, { otp });
  const sessions = async (who: ApiClient, query = '') => {
    const { status, body } = await who.get(`Verify/Session/${query}`);
    assert.equal(status, 200, String(body.error));
    assert.ok(Array.isArray(body.sessions));
    return { ids: body.sessions.map((session: { session_uuid: string }) => session.session_uuid), meta: body.meta };
  };
  const webhooks = async (sessionId: string): Promise<Record<string, string>[]> => {
    const stored = await webhooksOfSubject(fixture.database.storage.pool, sessionId);
    return stored.flatMap(({ payload }) => ('form' in payload ? [payload.form] : []));
  };

  it('end verified with the code that was spoken, once', async () => {
    const who = await createTenant(fixture, 'Acme');
    const { id, code } = await begin(who, { brand_name: 'Widgets', dtmf: 3 });
    assert.match(code, /^\d{6}$/);
    const spoken = voice.codes.at(-1);
    assert.equal(spoken?.text, `Your Widgets verification code is: ${[...code].join(', ')}.`);
    assert.equal(spoken?.challenge?.key, '3');
    const shown = (await who.get(`Verify/Session/${id}/`)).body;
    assert.equal(shown.status, 'in-progress');
    assert.match(String(shown.created_at), RFC_3339);
    assert.deepEqual(shown.charges, {
      total_charge: '0.00000',
      validation_charge: '0.00000',
      attempt_charges: [{ attempt_uuid: spoken?.callId, channel: 'voice', charge: '0.00000' }],
    });
    const { status, body } = await validate(who, id, code);
    assert.deepEqual([status, body.message, body.session_uuid], [200, 'session validated successfully.', id]);
    assert.equal((await who.get(`Verify/Session/${id}/`)).body.status, 'verified');
    assert.match(String((await validate(who, id, code)).body.error), /verified already/);
  });

  it('send the same code again to a recipient whose session is open, and no more than five', async () => {
    const who = await createTenant(fixture, 'Again');
    const first = await begin(who);
    for (let attempt = 2; attempt <= 5; attempt++) assert.deepEqual(await begin(who), first);
    const refused = await who.post('Verify/Session/', { recipient: GERMAN, channel: 'voice' });
    assert.equal(refused.status, 429);
    const { body } = await who.get(`Verify/Session/${first.id}/`);
    assert.equal(body.count, 5);
    assert.notEqual((await begin(who, { recipient: '+4915112345679' })).id, first.id);
  });

  it('take a code of the request itself, the newest one', async () => {
    const who = await createTenant(fixture, 'Own codes');
    const { id } = await begin(who, { otp: '12345' });
    await begin(who, { otp: '54321' });
    assert.equal((await validate(who, id, '12345')).status, 400);
    assert.equal((await validate(who, id, '54321')).status, 200);
  });

  it('have as many digits as is asked for; 0 asks for nothing', async () => {
    const who = await createTenant(fixture, 'Digits');
    assert.match((await begin(who, { code_length: '4' })).code, /^\d{4}$/);
    assert.match((await begin(who, { recipient: '+4915112345679', code_length: 0 })).code, /^\d{6}$/);
  });

  it('count the code that was sent last, also after one of the request itself', async () => {
    const who = await createTenant(fixture, 'Own, then ours');
    const { id } = await begin(who, { otp: '12345' });
    const { code } = await begin(who);
    assert.match(code, /^\d{5}$/);
    assert.notEqual(code, '12345');
    assert.equal((await validate(who, id, '12345')).status, 400);
    assert.equal((await validate(who, id, code)).status, 200);
  });

  it('keep the code that was sent before where another could not be sent', async () => {
    const who = await createTenant(fixture, 'Not sent');
    const { id, code } = await begin(who);
    const refused = await who.post('Verify/Session/', {
      recipient: GERMAN,
      channel: 'sms',
      src: 'no sender at all',
      otp: '54321',
    });
    assert.equal(refused.status, 400);
    assert.equal((await validate(who, id, '54321')).status, 400);
    assert.equal((await validate(who, id, code)).status, 200);
  });

  it('keep the code nowhere', async () => {
    const who = await createTenant(fixture, 'Secrets');
    const voiced = await begin(who);
    const { body } = await who.post('Verify/Session/', { recipient: GERMAN, otp: '87651234' });
    assert.equal(body.session_uuid, voiced.id);
    const { pool } = fixture.database.storage;
    for (const table of ['verify_sessions', 'verify_attempts', 'messages']) {
      const { rows } = await pool.query(`select * from ${table}`);
      const text = JSON.stringify(rows);
      assert.ok(!text.includes('87651234'), table);
    }
    const { rows } = await pool.query('select text from messages where account_id = $1', [who.authId]);
    assert.deepEqual(rows, [{ text: null }]);
  });

  it('tell how a message goes and what it costs, as attempts of the session', async () => {
    const who = await createTenant(fixture, 'Texts');
    const { status, body } = await who.post('Verify/Session/', { recipient: GERMAN, url: 'http://127.0.0.1:9/verify' });
    assert.equal(status, 202, String(body.error));
    await fixture.clock.advance(MINUTE_MS);
    const shown = (await who.get(`Verify/Session/${body.session_uuid}/`)).body;
    assert.ok(Array.isArray(shown.attempt_details));
    const [attempt] = shown.attempt_details;
    assert.equal(attempt.channel, 'sms');
    assert.notEqual(attempt.status, 'failed');
    const [told] = await webhooks(String(body.session_uuid));
    assert.deepEqual(
      { ...told, RequestTime: '' },
      {
        AttemptSequence: '1',
        AttemptUUID: attempt.attempt_uuid,
        Channel: 'sms',
        ChannelStatus: 'queued',
        Recipient: GERMAN.slice(1),
        RequestTime: '',
        SessionStatus: 'in-progress',
        SessionUUID: body.session_uuid,
      },
    );
  });

  it('tell how a call goes', async () => {
    const who = await createTenant(fixture, 'Calls');
    const { id } = await begin(who, { url: 'http://127.0.0.1:9/verify' });
    voice.codes.at(-1)?.progress?.('ringing');
    for (let wait = 0; wait < 200 && (await webhooks(id)).length === 0; wait++) await new Promise((go) => setTimeout(go, 5));
    const [told] = await webhooks(id);
    assert.deepEqual([told?.Channel, told?.ChannelStatus, told?.SessionUUID], ['voice', 'ringing', id]);
  });

  it('expire after ten minutes, are told to have, and make room for another', async () => {
    const who = await createTenant(fixture, 'Late');
    const { id, code } = await begin(who, { url: 'http://127.0.0.1:9/verify' });
    await fixture.clock.advance(10 * MINUTE_MS);
    assert.equal((await who.get(`Verify/Session/${id}/`)).body.status, 'expired');
    assert.ok((await fixture.services.verifySessions.lapse()) >= 1);
    const told = (await webhooks(id)).at(-1);
    assert.deepEqual([told?.SessionStatus, told?.AttemptSequence, told?.ChannelStatus], ['expired', '1', undefined]);
    assert.match(String((await validate(who, id, code)).body.error), /has expired/);
    assert.notEqual((await begin(who)).id, id);
  });

  it('take ten wrong codes', async () => {
    const who = await createTenant(fixture, 'Guesses');
    const { id, code } = await begin(who);
    const wrong = code === '111111' ? '222222' : '111111';
    for (let attempt = 1; attempt < 10; attempt++)
      assert.match(String((await validate(who, id, wrong)).body.error), /not the code/);
    assert.match(String((await validate(who, id, wrong)).body.error), /has expired/);
    assert.match(String((await validate(who, id, code)).body.error), /has expired/);
  });

  it('shield ranges of numbers, unless the request says not to', async () => {
    const who = await createTenant(fixture, 'Pumped');
    const send = (index: number, more: Record<string, unknown> = {}) =>
      who.post('Verify/Session/', { recipient: `+49151123456${String(index).padStart(2, '0')}`, ...more });
    for (let index = 0; index < 30; index++) assert.equal((await send(index)).status, 202);
    assert.equal((await send(30)).status, 429);
    assert.equal((await send(30, { fraud_check: 'disabled' })).status, 202);
  });

  it('name what is wrong with a request', async () => {
    const who = await createTenant(fixture, 'Wrong');
    const cases: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ recipient: 'nobody' }, 'recipient'],
      [{ channel: 'pigeon' }, 'channel'],
      [{ code_length: 3 }, 'code_length'],
      [{ code_length: 9 }, 'code_length'],
      [{ otp: 'abcd' }, 'otp'],
      [{ locale: 'english' }, 'locale'],
      [{ app_uuid: '019a0000-0000-7000-8000-000000000001' }, 'app_uuid'],
      [{ app_uuid: 'default' }, 'app_uuid'],
      [{ url: 'ftp://example.com' }, 'url'],
      [{ dtmf: 12 }, 'dtmf'],
    ];
    for (const [given, parameter] of cases) {
      const { status, body } = await who.post('Verify/Session/', { recipient: GERMAN, ...given });
      assert.equal(status, 400, parameter);
      assert.match(String(body.error), new RegExp(`^${parameter} parameter`));
    }
    assert.match(String((await who.post('Verify/Session/', {})).body.error), /^recipient parameter is missing/);
    assert.deepEqual((await sessions(who)).ids, []);
  });

  it('leave nothing behind when the code cannot be sent', async () => {
    const who = await createTenant(fixture, 'Numberless');
    const { status, body } = await who.post('Verify/Session/', { recipient: '+14155550123' });
    assert.deepEqual([status, /^channel parameter/.test(String(body.error))], [400, true]);
    assert.deepEqual((await sessions(who)).ids, []);
  });

  it('are listed newest first, by any of their fields', async () => {
    const who = await createTenant(fixture, 'Lists');
    const first = await begin(who);
    await fixture.clock.advance(MINUTE_MS);
    const second = await begin(who, { recipient: '+33612345678', brand_name: 'B', app_hash: 'FA+9qCX9VSu' });
    await validate(who, second.id, second.code);
    assert.deepEqual((await sessions(who)).ids, [second.id, first.id]);
    for (const query of ['status=verified', 'recipient=%2B33612345678', 'country=fr', 'BrandName=B', 'AppHash=FA%2B9qCX9VSu']) {
      assert.deepEqual((await sessions(who, `?${query}`)).ids, [second.id], query);
    }
    const page = await sessions(who, '?limit=1');
    assert.deepEqual(page.ids, [second.id]);
    assert.deepEqual(page.meta, {
      limit: 1,
      offset: 0,
      next: `/v1/Account/${who.authId}/Verify/Session/?limit=1&offset=1`,
      previous: null,
    });
    const { body } = await who.get(`Verify/Session/${second.id}/`);
    for (const query of [
      `app_uuid=${body.app_uuid}`,
      'alias=default',
      'status=verified&brand_name=B',
      'app_hash=FA%2B9qCX9VSu',
    ]) {
      const expected = /app_uuid|alias/.test(query) ? [second.id, first.id] : [second.id];
      assert.deepEqual((await sessions(who, `?${query}`)).ids, expected, query);
    }
    for (const query of ['app_uuid=019a0000-0000-7000-8000-000000000001', 'alias=other', 'brand_name=b', 'status=expired']) {
      assert.deepEqual((await sessions(who, `?${query}`)).ids, [], query);
    }
    assert.deepEqual((await sessions(who, '?session_time__lt=2000-01-01 00:00')).ids, []);
    assert.deepEqual((await sessions(who, '?session_time__gt=2000-01-01 00:00')).ids, [second.id, first.id]);
    assert.equal((await who.get('Verify/Session/?status=lost')).status, 400);
  });

  it('are refused, and leave nothing, where the account may not message the country: 403, which SDKs know', async () => {
    const who = await createTenant(fixture, 'Barred');
    await fixture.services.accounts.update(
      who.authId,
      { settings: { apiRequestsPer5s: 0, smsCountries: ['US'] } },
      new Date(fixture.clock.now()),
    );
    fixture.services.directory.invalidate(who.authId);
    const { status, body } = await who.post('Verify/Session/', { recipient: GERMAN, channel: 'sms' });
    assert.deepEqual([status, body.error_code], [403, 'destination_barred']);
    assert.deepEqual((await sessions(who)).ids, []);
  });

  it('may be listed twenty times a minute', async () => {
    const who = await createTenant(fixture, 'Polling');
    for (let list = 0; list < 20; list++) await sessions(who);
    const { status, body } = await who.get('Verify/Session/');
    assert.deepEqual([status, body.error], [429, 'too many requests']);
  });

  it("are not another tenant's to see, to validate or to join", async () => {
    const who = await createTenant(fixture, 'Owner');
    const other = await createTenant(fixture, 'Other');
    const sub = await createSubtenant(fixture, who, 'Sub');
    const { id, code } = await begin(who);
    for (const stranger of [other, sub]) {
      assert.equal((await stranger.get(`Verify/Session/${id}/`)).status, 404);
      assert.equal((await validate(stranger, id, code)).status, 404);
      assert.deepEqual((await sessions(stranger)).ids, []);
      assert.notEqual((await begin(stranger)).id, id);
    }
    const { ids } = await sessions(who, `?subaccount=${sub.authId}`);
    assert.equal(ids.length, 1);
    assert.equal((await who.get(`Verify/Session/${ids[0]}/`)).status, 200);
    assert.equal((await validate(who, id, code)).status, 200);
    assert.equal((await who.get('Verify/Session/no-uuid/')).status, 404);
  });
});
