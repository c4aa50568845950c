import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type MessageRow, storeMessage } from '../../../testkit/message-rows.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { reachOf } from '../../accounts/reach.ts';

let fixture: PlivoFixture;
before(async () => {
  fixture = await createPlivoFixture();
});
beforeEach(() => fixture.database.storage.pool.query('truncate messages'));
after(() => fixture.close());

const DAY = 24 * 3_600_000;

const store = (agoMs: number, row: MessageRow = {}) => storeMessage(fixture, agoMs, row);

const get = (rest: string, headers: { authorization: string } = fixture.mainAuth) =>
  fixture.http.inject({ url: fixture.path(rest), headers });

test('a message that has just been queued has every key, with the types SDKs insist on', async () => {
  const id = await store(0);
  const { api_id: apiId, ...message } = (await get(`Message/${id}/`)).json();
  assert.ok(apiId);
  assert.deepEqual(message, {
    message_uuid: id,
    resource_uri: `/v1/Account/${fixture.account.authId}/Message/${id}/`,
    message_direction: 'outbound',
    message_state: 'queued',
    message_type: 'sms',
    message_time: '2026-01-12 09:14:02.000000+00:00',
    message_sent_time: null,
    message_updated_time: '2026-01-12 09:14:02.000000+00:00',
    from_number: '14155550100',
    to_number: '14155550123',
    units: 1,
    total_rate: '0.00550',
    total_amount: '0.00550',
    carrier_fees_rate: '0.00000',
    carrier_fees: '0.00000',
    error_code: null,
    error_message: '',
    powerpack_id: '',
    requester_ip: '',
    is_domestic: false,
    replaced_sender: '',
    destination_country_iso2: '',
    destination_network: '',
    tendlc_campaign_id: '',
    tendlc_registration_status: '',
    dlt_entity_id: '',
    dlt_template_id: '',
    dlt_template_category: '',
    conversation_id: '',
    conversation_origin: '',
    conversation_expiration_timestamp: '',
    log: 'true',
    message_expiry: 10800,
  });
});

test('a message shows all that is known of it, in the time zone of the account', async () => {
  const own = await createPlivoFixture();
  try {
    await own.services.accounts.update(own.account.authId, { timezone: 'Asia/Kolkata' }, new Date());
    own.services.directory.invalidate(own.account.authId);
    const sent = new Date(own.clock.now() + 284);
    const row = {
      service: 'whatsapp',
      state: 'undelivered',
      error_code: '80',
      units: 3,
      amount_micros: 16500,
      fee_rate_micros: 3000,
      fee_micros: 9000,
      sent_at: sent,
      updated_at: new Date(own.clock.now() + 3_433),
      requester_ip: '203.0.113.9',
      is_domestic: true,
      country: 'IN',
      network: 'Airtel',
      replaced_sender: 'SHOPPY',
      powerpack_id: 'pp',
      campaign_id: 'CXX',
      campaign_status: 'registered',
      log: 'content_only',
      text: 'the text never shows',
      details: {
        dlt: { entityId: 'e1', templateId: 't1', templateCategory: 'transactional' },
        conversation: { id: 'c1', origin: 'service', expiresAt: own.clock.now() + DAY },
      },
    };
    const id = await storeMessage(own, 0, row);
    const reply = await own.http.inject({ url: own.path(`Message/${id}/`), headers: own.mainAuth });
    const { api_id: _, ...message } = reply.json();
    assert.doesNotMatch(reply.body, /never shows/);
    assert.deepEqual(message, {
      ...message,
      message_time: '2026-01-12 14:44:02.000000+05:30',
      message_sent_time: '2026-01-12 14:44:02.284000+05:30',
      message_updated_time: '2026-01-12 14:44:05.433000+05:30',
      units: 3,
      total_rate: '0.00550',
      total_amount: '0.01650',
      carrier_fees_rate: '0.00300',
      carrier_fees: '0.00900',
      error_code: '80',
      error_message: 'Destination temporarily unavailable',
      powerpack_id: 'pp',
      requester_ip: '203.0.113.9',
      is_domestic: true,
      replaced_sender: 'SHOPPY',
      destination_country_iso2: 'IN',
      destination_network: 'Airtel',
      tendlc_campaign_id: 'CXX',
      tendlc_registration_status: 'registered',
      dlt_entity_id: 'e1',
      dlt_template_id: 't1',
      dlt_template_category: 'transactional',
      conversation_id: 'c1',
      conversation_origin: 'service',
      conversation_expiration_timestamp: '2026-01-13 14:44:02+05:30',
      log: 'content_only',
    });
  } finally {
    await own.close();
  }
});

test('unknown messages, and ids that are none, answer 404', async () => {
  for (const id of [fixture.services.ids.uuid(), 'x', "'%20or%20true--"]) {
    for (const rest of [`Message/${id}/`, `Message/${id}/Media/`, `Message/${id}/Media/${id}/`]) {
      assert.equal((await get(rest)).statusCode, 404, rest);
    }
    assert.equal(
      (await fixture.http.inject({ method: 'DELETE', url: fixture.path(`Message/${id}/Media/`), headers: fixture.mainAuth }))
        .statusCode,
      404,
    );
  }
});

test('conversion feedback is recorded under both spellings of its path', async () => {
  const id = await store(0, { details: { dlt: { entityId: 'e1' } } });
  for (const url of [
    `/v1/account/${fixture.account.authId}/message/${id}/conversion/`,
    fixture.path(`Message/${id}/Conversion/`),
  ]) {
    const payload = { status: 'CONVERTED', timestamp: '2026-01-12T09:14:30.511Z' };
    const reply = await fixture.http.inject({ method: 'POST', url, headers: fixture.mainAuth, payload });
    assert.equal(reply.statusCode, 200, reply.body);
    const { api_id: _, ...body } = reply.json();
    assert.deepEqual(body, { conversion_uuid: `conv-${id}`, message: 'successfully recorded.', message_uuid: id });
  }
  const reach = reachOf({ account: fixture.account, subaccount: null, authId: fixture.account.authId, byMainAccount: true });
  assert.deepEqual((await fixture.services.messages.find(reach, id))?.details, {
    dlt: { entityId: 'e1' },
    conversion: { status: 'CONVERTED', timestamp: '2026-01-12T09:14:30.511Z', recordedAt: fixture.clock.now() },
  });
});

test('conversion feedback with a wrong value, or of an unknown message, is refused', async () => {
  const id = await store(0);
  const post = (message: string, payload: MessageRow) =>
    fixture.http.inject({
      method: 'POST',
      url: `/v1/account/${fixture.account.authId}/message/${message}/conversion/`,
      headers: fixture.mainAuth,
      payload,
    });
  const timestamp = '2026-01-12T09:14:30Z';
  assert.match((await post(id, { timestamp })).json().error, /^status parameter is missing/);
  assert.match((await post(id, { status: 'MAYBE', timestamp })).json().error, /^status parameter is invalid/);
  for (const wrong of ['today', '2026-13-40T09:14:30Z', '12.01.2026']) {
    assert.match((await post(id, { status: 'CONVERTED', timestamp: wrong })).json().error, /^timestamp parameter is invalid/);
  }
  assert.equal((await post(fixture.services.ids.uuid(), { status: 'CONVERTED', timestamp })).statusCode, 404);
});

test('media of a message are listed, shown, served under its URL, and deleted together', async () => {
  const { media } = fixture.services;
  const { authId } = fixture.account;
  const reach = reachOf({ account: fixture.account, subaccount: null, authId, byMainAccount: true });
  const id = await store(0, { service: 'mms' });
  const empty = await get(`Message/${id}/Media/`);
  assert.equal(empty.statusCode, 200);
  assert.deepEqual(empty.json().objects, []);
  const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
  const stored = await media.keep({ accountId: authId, ownerId: authId }, [
    { contentType: 'image/png', fileName: 'a.png', bytes: png },
    { contentType: 'image/png', fileName: 'b.png', bytes: png },
  ]);
  await media.attach(
    reach,
    [id],
    stored.map((one) => one.mediaId),
  );
  const list = (await get(`Message/${id}/Media/`)).json();
  assert.equal(list.message_uuid, id);
  assert.equal(list.meta.total_count, 2);
  const [first] = list.objects;
  const url = `http://127.0.0.1:7464/v1/media/Account/${authId}/Message/${id}/Media/${stored[0]?.mediaId}`;
  assert.deepEqual(first, {
    content_type: 'image/png',
    file_name: 'a.png',
    media_id: stored[0]?.mediaId,
    media_url: url,
    message_uuid: id,
    size: png.length,
    upload_time: '2026-01-12T09:14:02.000000Z',
    url,
  });
  const { api_id: _, ...single } = (await get(`Message/${id}/Media/${first.media_id}/`)).json();
  assert.deepEqual(single, first);
  const content = await fixture.http.inject({ url: new URL(url).pathname });
  assert.deepEqual(content.rawPayload, png);
  const elsewhere = await store(1);
  assert.equal((await fixture.http.inject({ url: new URL(url).pathname.replace(id, elsewhere) })).statusCode, 404);
  assert.equal((await get(`Message/${elsewhere}/Media/${first.media_id}/`)).statusCode, 404);
  const path = fixture.path(`Message/${id}/Media/`);
  for (let repeat = 0; repeat < 2; repeat++) {
    assert.equal(
      (await fixture.http.inject({ method: 'DELETE', url: path, headers: fixture.mainAuth, payload: {} })).statusCode,
      204,
    );
  }
  assert.deepEqual((await get(`Message/${id}/Media/`)).json().objects, []);
  assert.equal((await fixture.http.inject({ url: new URL(url).pathname })).statusCode, 404);
});

test('media stay listed after the record of their message has gone with its week', async () => {
  const { media } = fixture.services;
  const { authId } = fixture.account;
  const reach = reachOf({ account: fixture.account, subaccount: null, authId, byMainAccount: true });
  const id = fixture.services.ids.uuid();
  const [stored] = await media.keep({ accountId: authId, ownerId: authId }, [
    { contentType: 'text/plain', fileName: 'a.txt', bytes: Buffer.from('x') },
  ]);
  assert.ok(stored);
  await media.attach(reach, [id], [stored.mediaId]);
  assert.equal((await get(`Message/${id}/Media/`)).json().objects.length, 1);
});
