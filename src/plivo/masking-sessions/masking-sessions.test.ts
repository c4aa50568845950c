import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant } from '../../../testkit/api-client.ts';
import { until } from '../../../testkit/delivery-rig.ts';
import { createPlivoFixture, OPERATOR_TOKEN, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { webhooksOfSubject } from '../../../testkit/stored-webhooks.ts';
import { Problem } from '../../errors/catalogue.ts';

const FIRST = '14155550301';
const SECOND = '14155550302';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SESSION_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0000 UTC$/;

const fieldsOf = (object: object): Record<string, unknown> => ({ ...object });

describe('masking sessions over the API', () => {
  let fixture: PlivoFixture;
  let numbersMade = 0;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
  });
  after(() => fixture.close());

  /** A number of the tenant that takes calls and messages. */
  const addNumber = async (who: ApiClient, country = 'US', subaccountId: string | null = null) => {
    const number = `1415556${String(++numbersMade).padStart(4, '0')}`;
    await fixture.database.storage.pool.query(
      `insert into numbers (number, account_id, subaccount_id, country_iso, type, added_at) values ($1, $2, $3, $4, 'local', now())`,
      [number, who.authId, subaccountId, country],
    );
    fixture.services.numberDirectory.invalidateAll();
    return number;
  };
  const tenant = async (name: string) => {
    const who = await createTenant(fixture, name);
    return { who, number: await addNumber(who) };
  };
  const create = async (who: ApiClient, given: Record<string, unknown> = {}) => {
    const { status, body } = await who.post('Masking/Session/', { first_party: `+${FIRST}`, second_party: SECOND, ...given });
    assert.equal(status, 201, String(body.error));
    const { session } = body;
    assert.ok(typeof session === 'object' && session !== null);
    return { id: String(body.session_uuid), number: body.virtual_number, session: fieldsOf(session), body };
  };
  const refused = async (who: ApiClient, given: Record<string, unknown>) => {
    const { status, body } = await who.post('Masking/Session/', { first_party: FIRST, second_party: SECOND, ...given });
    assert.equal(status, 400, JSON.stringify(body));
    return String(body.error);
  };
  const get = async (who: ApiClient, id: string): Promise<Record<string, unknown>> => {
    const { status, body } = await who.get(`Masking/Session/${id}/`);
    assert.equal(status, 200, String(body.error));
    assert.ok(typeof body.response === 'object');
    return { ...body.response };
  };
  const list = async (who: ApiClient, query = '') => {
    const { status, body } = await who.get(`Masking/Session/${query}`);
    assert.equal(status, 200, String(body.error));
    const { response } = body;
    assert.ok(typeof response === 'object' && response !== null && 'objects' in response && 'meta' in response);
    assert.ok(Array.isArray(response.objects));
    const objects: readonly Record<string, unknown>[] = response.objects;
    return { ids: objects.map((each) => each.session_uuid), objects, meta: response.meta };
  };

  it('get a number of the account and show what they are', async () => {
    const { who, number } = await tenant('Makers');
    const { id, body, session } = await create(who, { callback_url: 'http://app.example/masking', record: true });
    assert.deepEqual([body.message, body.virtual_number], ['Session created', `+${number}`]);
    assert.match(String(session.expiry_time), SESSION_TIME);
    assert.deepEqual(
      [session.first_party, session.second_party, session.virtual_number, session.status, session.duration, session.interaction],
      [FIRST, SECOND, number, 'active', 3600, null],
    );
    assert.deepEqual(
      [session.call_time_limit, session.ring_timeout, session.record, session.callback_url, session.amount],
      [3600, 120, true, 'http://app.example/masking', 0],
    );
    assert.deepEqual(await get(who, id), session);
  });

  it('share a number where nobody is in both, and never where somebody is', async () => {
    const { who, number } = await tenant('Sharers');
    await create(who);
    assert.equal((await create(who, { first_party: '14155550311', second_party: '14155550312' })).number, `+${number}`);
    assert.match(await refused(who, { second_party: '14155550320' }), /no voice number of the country US that is free/);
    const other = await addNumber(who);
    assert.equal((await create(who, { second_party: '14155550320' })).number, `+${other}`);
  });

  it('want a number of the country of the first party, unless told not to', async () => {
    const { who, number } = await tenant('Abroad');
    const british = { first_party: '+447400123456', second_party: SECOND };
    assert.match(await refused(who, british), /country GB/);
    assert.equal((await create(who, { ...british, geomatch: false })).number, `+${number}`);
  });

  it('are changed while they are active, their parties only where there is a single one', async () => {
    const { who } = await tenant('Changers');
    const { id } = await create(who);
    const { status, body } = await who.post(`Masking/Session/${id}/`, { session_expiry: 7200, ring_timeout: 45, record: 'true' });
    assert.deepEqual([status, body.message], [200, 'Session updated']);
    const shown = await get(who, id);
    assert.deepEqual([shown.duration, shown.ring_timeout, shown.record], [7200, 45, true]);
    const parties = await who.post(`Masking/Session/${id}/`, { second_party: '14155550399' });
    assert.match(String(parties.body.error), /^second_party parameter is invalid: the parties/);
    await addNumber(who);
    const single = await create(who, {
      second_party: undefined,
      first_party: '14155550398',
      create_session_with_single_Party: true,
    });
    assert.equal(single.session.second_party, '');
    await who.post(`Masking/Session/${single.id}/`, { second_party: '14155550399' });
    assert.equal((await get(who, single.id)).second_party, '14155550399');
  });

  it('end once, and leave their number to rest', async () => {
    const { who, number } = await tenant('Enders');
    const { id } = await create(who, { virtual_number_cooloff_period: 600 });
    const { status, body } = await who.delete(`Masking/Session/${id}/`);
    assert.deepEqual([status, body.message], [200, 'Session Deleted']);
    const again = await who.delete(`Masking/Session/${id}/`);
    assert.deepEqual([again.status, again.body.error], [400, 'Session already expired']);
    assert.equal((await who.post(`Masking/Session/${id}/`, { record: true })).body.error, 'Session already expired');
    assert.equal((await get(who, id)).status, 'expired');
    assert.match(await refused(who, {}), /free for these parties/);
    await fixture.clock.advance(10 * MINUTE_MS);
    assert.equal((await create(who)).number, `+${number}`);
  });

  it('end with their time, and tell so', async () => {
    const { who } = await tenant('Lapsers');
    const { id } = await create(who, { callback_url: 'http://127.0.0.1:9/masking' });
    await fixture.clock.advance(HOUR_MS);
    assert.equal((await get(who, id)).status, 'expired');
    assert.ok((await fixture.services.maskingSessions.lapse()) >= 1);
    const [told] = await webhooksOfSubject(fixture.database.storage.pool, id);
    assert.ok(told && 'form' in told.payload);
    assert.deepEqual([told.payload.form.EventName, told.payload.form.SequenceNumber], ['SessionTimeout', '1']);
  });

  it('make PINs, and take those that are given', async () => {
    const { who } = await tenant('Pins');
    const prompt = { is_pin_authentication_required: true, pin_prompt_play: 'http://app.example/pin.mp3' };
    assert.match(
      await refused(who, { is_pin_authentication_required: true, generate_pin: true }),
      /^pin_prompt_play parameter is missing/,
    );
    assert.match(await refused(who, prompt), /^first_party_pin parameter is missing/);
    assert.match(await refused(who, { ...prompt, first_party_pin: '1234', second_party_pin: '1234' }), /^second_party_pin/);
    const made = (await create(who, { ...prompt, generate_pin: true, generate_pin_length: 6 })).session;
    assert.match(String(made.first_party_pin), /^\d{6}$/);
    assert.notEqual(made.first_party_pin, made.second_party_pin);
    await addNumber(who);
    const { id, session } = await create(who, { ...prompt, first_party_pin: '1234', second_party_pin: '98765' });
    assert.deepEqual([session.first_party_pin, session.second_party_pin], ['1234', '98765']);
    const listed = (await list(who)).objects.find((each) => each.session_uuid === id);
    assert.deepEqual([listed?.first_party_pin, listed?.second_party_pin], [null, null]);
  });

  it('call the first party at once where that is asked for, and are no more when it cannot be called', async () => {
    const { who, number } = await tenant('Callers');
    await create(who, { initiate_call_to_first_party: true, ring_timeout: 20 });
    const placed = voice.programs.at(-1);
    assert.deepEqual([placed?.from, placed?.to, placed?.ringMs, placed?.timeLimitMs], [number, FIRST, 20_000, 3_600_000]);
    await addNumber(who);
    voice.refuseNext = new Problem('destination_barred', 'Calls to this destination number are barred.');
    const { status } = await who.post('Masking/Session/', {
      first_party: FIRST,
      second_party: SECOND,
      initiate_call_to_first_party: true,
    });
    assert.equal(status, 403);
    assert.equal((await list(who, '?status=active')).ids.length, 1);
  });

  it('name what is wrong with a request', async () => {
    const { who } = await tenant('Wrong');
    const cases: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ first_party: 'nobody' }, 'first_party'],
      [{ first_party: null }, 'first_party'],
      [{ second_party: null }, 'second_party'],
      [{ second_party: FIRST }, 'second_party'],
      [{ pin_retry: 6 }, 'pin_retry'],
      [{ pin_retry_wait: 4 }, 'pin_retry_wait'],
      [{ generate_pin_length: 3 }, 'generate_pin_length'],
      [{ virtual_number_cooloff_period: 3601 }, 'virtual_number_cooloff_period'],
      [{ record_file_format: 'ogg' }, 'record_file_format'],
      [{ first_party_pin: 'abcd' }, 'first_party_pin'],
      [{ callback_url: 'nowhere' }, 'callback_url'],
    ];
    for (const [given, parameter] of cases)
      assert.match(await refused(who, given), new RegExp(`^${parameter} parameter`), parameter);
  });

  it('are listed newest first, by parties, number, state and times', async () => {
    const { who, number } = await tenant('Lists');
    const first = await create(who);
    await fixture.clock.advance(MINUTE_MS);
    const second = await create(who, { first_party: '14155550341', second_party: '14155550342', session_expiry: 60 });
    assert.deepEqual((await list(who)).ids, [second.id, first.id]);
    for (const query of ['first_party=%2B14155550341', 'second_party=14155550342', 'duration__lt=3600', 'duration=60']) {
      assert.deepEqual((await list(who, `?${query}`)).ids, [second.id], query);
    }
    assert.deepEqual((await list(who, `?virtual_number=${number}&status=all`)).ids, [second.id, first.id]);
    await fixture.clock.advance(MINUTE_MS);
    assert.deepEqual((await list(who, '?status=expired')).ids, [second.id]);
    assert.deepEqual((await list(who, '?status=active')).ids, [first.id]);
    const { ids, meta } = await list(who, '?limit=1');
    assert.deepEqual(ids, [second.id]);
    assert.deepEqual(meta, {
      limit: 1,
      offset: 0,
      next: `/v1/Account/${who.authId}/Masking/Session/?limit=1&offset=1`,
      previous: null,
      total_count: 2,
    });
    assert.equal((await list(who)).objects[0]?.resource_uri, `/v1/Account/${who.authId}/Masking/Session/${second.id}/`);
    assert.equal((await who.get('Masking/Session/?created_time__lt=yesterday')).status, 400);
  });

  it('are listed by when they were made and when they end, of thirty days at most', async () => {
    const { who } = await tenant('Times');
    const { id, session } = await create(who, { session_expiry: 3_600 });
    const stamp = (ms: number) => encodeURIComponent(new Date(ms).toISOString().slice(0, 19).replace('T', ' '));
    const made = fixture.clock.now();
    assert.match(String(session.expiry_time), new RegExp(`^${decodeURIComponent(stamp(made + HOUR_MS))}`));
    const cases: readonly (readonly [string, boolean])[] = [
      [`created_time__lte=${stamp(made + 1_000)}`, true],
      [`created_time__lt=${stamp(made - MINUTE_MS)}`, false],
      [`created_time__gt=${stamp(made + MINUTE_MS)}`, false],
      [`created_time_gte=${stamp(made - MINUTE_MS)}`, true],
      [`expiry_time__gt=${stamp(made + HOUR_MS - MINUTE_MS)}`, true],
      [`expiry_time__lt=${stamp(made + HOUR_MS - MINUTE_MS)}`, false],
      [`expiry_time_lte=${stamp(made + HOUR_MS + MINUTE_MS)}`, true],
      ['duration__gte=3600&duration__lte=3600', true],
      ['duration__gt=3600', false],
    ];
    for (const [query, isFound] of cases) assert.deepEqual((await list(who, `?${query}`)).ids, isFound ? [id] : [], query);
    const days = (count: number) => stamp(made - count * 24 * HOUR_MS);
    const long = `created_time__gte=${days(31)}&created_time__lte=${days(0)}`;
    assert.equal((await who.get(`Masking/Session/?${long}`)).status, 400, 'more than thirty days');
    const { pool } = fixture.database.storage;
    await pool.query(`update masking_sessions set created_at = created_at - interval '8 days' where session_id = $1`, [id]);
    assert.deepEqual((await list(who)).ids, [], 'older than the seven days that are shown by default');
    assert.deepEqual((await list(who, `?created_time__gte=${days(9)}`)).ids, [id]);
  });

  it('take every number within its bounds, and none beyond', async () => {
    const { who } = await tenant('Bounds');
    const prompt = { is_pin_authentication_required: true, pin_prompt_play: 'http://app.example/pin.mp3' };
    const bounds: readonly (readonly [Record<string, unknown>, Record<string, unknown>])[] = [
      [{ generate_pin: true, generate_pin_length: 4 }, { generate_pin_length: 4 }],
      [{ generate_pin: true, generate_pin_length: 15 }, { generate_pin_length: 15 }],
      [{ first_party_pin: '123456789012345', second_party_pin: '1234' }, { first_party_pin: '123456789012345' }],
      [
        { generate_pin: true, pin_retry: 0, pin_retry_wait: 10 },
        { pin_retry: 0, pin_retry_wait: 10 },
      ],
      [
        { generate_pin: true, pin_retry: 5, pin_retry_wait: 5 },
        { pin_retry: 5, pin_retry_wait: 5 },
      ],
      [{ generate_pin: true, virtual_number_cooloff_period: 3_600 }, { virtual_number_cooloff_period: 3_600 }],
      [{ generate_pin: true, record_file_format: 'wav' }, { record_file_format: 'wav' }],
      [
        { generate_pin: true, session_expiry: 0, call_time_limit: 0, ring_timeout: 0 },
        { duration: 3_600, ring_timeout: 120 },
      ],
    ];
    for (const [index, [given, expected]] of bounds.entries()) {
      const parties = { first_party: `1415555${1_000 + index}`, second_party: `1415555${2_000 + index}` };
      await addNumber(who);
      const { session } = await create(who, { ...prompt, ...parties, ...given });
      for (const [name, value] of Object.entries(expected)) assert.equal(session[name], value, name);
    }
    for (const given of [
      { pin_retry: -1 },
      { pin_retry_wait: 11 },
      { generate_pin_length: 16 },
      { first_party_pin: '123' },
      { second_party_pin: '1'.repeat(16) },
      { session_expiry: -1 },
    ]) {
      const [name = ''] = Object.keys(given);
      assert.match(await refused(who, given), new RegExp(`^${name} parameter`));
    }
  });

  it("are not another tenant's to see, to change or to end", async () => {
    const { who } = await tenant('Owner');
    const { who: other } = await tenant('Other');
    const sub = await createSubtenant(fixture, who, 'Sub');
    const { id } = await create(who);
    for (const stranger of [other, sub]) {
      assert.equal((await stranger.get(`Masking/Session/${id}/`)).status, 404);
      assert.equal((await stranger.post(`Masking/Session/${id}/`, { record: true })).status, 404);
      assert.equal((await stranger.delete(`Masking/Session/${id}/`)).status, 404);
      assert.deepEqual((await list(stranger)).ids, []);
    }
    assert.match(await refused(sub, {}), /free for these parties/);
    await addNumber(who, 'US', sub.authId);
    const own = await create(sub);
    assert.deepEqual((await list(who, `?subaccount=${sub.authId}`)).ids, [own.id]);
    assert.equal((await get(who, own.id)).status, 'active');
    assert.equal((await who.get('Masking/Session/no-uuid/')).status, 404);
  });

  it('pass messages on from either party to the other, under their number, and leave strangers to the application', async () => {
    const { who, number } = await tenant('Texters');
    await create(who);
    const text = async (from: string, words: string) => {
      const { statusCode } = await fixture.http.inject({
        method: 'POST',
        url: `/ringdown/v1/phones/${from}/messages`,
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
        payload: { to: number, text: words },
      });
      assert.ok(statusCode < 300, String(statusCode));
    };
    const sent = async () => {
      const { body } = await who.get('Message/?message_direction=outbound');
      assert.ok(Array.isArray(body.objects));
      return body.objects.map(({ from_number, to_number }) => [from_number, to_number]);
    };
    await text(FIRST, 'Where are you?');
    await text(SECOND, 'Round the corner.');
    await text('14155550399', 'Hello?');
    await text(FIRST, 'STOP');
    const passed = async () => (await sent()).filter(([from]) => from === number).map(([, to]) => to);
    await until(async () => (await passed()).length === 3);
    const why = 'a word that opts out is not passed on: who wrote it is told that it counts';
    assert.deepEqual((await passed()).toSorted(), [FIRST, FIRST, SECOND], why);
  });

  it('pass pictures on', async () => {
    const { who, number } = await tenant('Photographers');
    await fixture.database.storage.pool.query('update numbers set mms_enabled = true where number = $1', [number]);
    fixture.services.numberDirectory.invalidateAll();
    await create(who);
    const received = await fixture.ringdown.messaging.inbound.receive({
      carrier: 'simulator',
      link: 'test',
      from: SECOND,
      to: number,
      service: 'mms',
      text: 'Look',
      parts: 1,
      media: [{ contentType: 'image/gif', fileName: 'a.gif', bytes: Buffer.from('GIF89a picture') }],
      receivedAt: fixture.clock.now(),
    });
    assert.ok(received);
    const { body } = await who.get('Message/?message_direction=outbound');
    assert.ok(Array.isArray(body.objects));
    const [sent] = body.objects;
    assert.deepEqual([sent.from_number, sent.to_number, sent.message_type], [number, FIRST, 'mms']);
    const media = await who.get(`Message/${sent.message_uuid}/Media/`);
    assert.ok(Array.isArray(media.body.objects));
    assert.equal(media.body.objects.length, 1);
  });
});
