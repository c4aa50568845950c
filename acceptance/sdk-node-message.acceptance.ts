import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list, operator, record } from './api.ts';
import { FOREIGN_NUMBER, fixture, OTHER_PHONE, OWN_NUMBER, PHONE, SECOND_NUMBER } from './fixture.ts';
import { type SdkClient, type SdkObject, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { eventually } from './wait.ts';

/** Keys of the message object, every one of which is always there (messaging reference §3.1). */
const KEYS = [
  'message_uuid',
  'resource_uri',
  'message_direction',
  'message_state',
  'message_type',
  'message_time',
  'message_sent_time',
  'message_updated_time',
  'from_number',
  'to_number',
  'units',
  'total_rate',
  'total_amount',
  'carrier_fees_rate',
  'carrier_fees',
  'error_code',
  'error_message',
  'powerpack_id',
  'requester_ip',
  'is_domestic',
  'replaced_sender',
  'destination_country_iso2',
  'destination_network',
  'tendlc_campaign_id',
  'tendlc_registration_status',
  'dlt_entity_id',
  'dlt_template_id',
  'dlt_template_category',
  'conversation_id',
  'conversation_origin',
  'conversation_expiration_timestamp',
  'log',
];

const uuidOf = (answer: SdkObject) => String(Array.isArray(answer.messageUuid) ? answer.messageUuid[0] : undefined);

describe('Node SDK: Message', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-message', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  const messages = async (query: string) => list((await call(target, `Message/?${query}`)).json.objects);
  const state = async (uuid: string, wanted: string) =>
    await eventually(`message in state ${wanted}`, async () => {
      const message = await client.messages.get(uuid);
      return message.messageState === wanted ? message : undefined;
    });

  it('sends one message, which the subscriber gets and the record shows delivered', async () => {
    const text = `one ${Date.now()}`;
    const sent = await client.messages.create({ src: OWN_NUMBER, dst: `+${PHONE}`, text });
    assert.equal(sent.message, 'message(s) queued');
    assert.match(String(sent.apiId), /^[0-9a-f-]{36}$/);
    assert.equal(sent.invalid_number, undefined);
    const uuid = uuidOf(sent);
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);

    const message = await state(uuid, 'delivered');
    assert.deepEqual(
      [message.fromNumber, message.toNumber, message.messageDirection, message.messageType, message.units],
      [OWN_NUMBER, PHONE, 'outbound', 'sms', 1],
    );
    assert.deepEqual([message.errorCode, message.isDomestic], ['000', true]);

    const wire = (await call(target, `Message/${uuid}/`)).json;
    for (const key of KEYS) assert.ok(key in wire, `${key} is missing`);
    assert.ok(!JSON.stringify(wire).includes(text), 'the text is no part of the record');
    assert.equal(wire.resource_uri, `/v1/Account/${target.authId}/Message/${uuid}/`);
    for (const key of ['message_time', 'message_sent_time', 'message_updated_time']) {
      assert.match(String(wire[key]), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d$/, key);
    }
    for (const key of ['total_rate', 'total_amount', 'carrier_fees_rate', 'carrier_fees']) {
      assert.match(String(wire[key]), /^\d+\.\d{5}$/, key);
    }
    assert.equal(wire.destination_country_iso2, 'US');

    const received = await operator(target, `phones/${PHONE}/messages`);
    assert.equal(received.status, 200);
    assert.ok(received.text.includes(text), received.text);
  });

  it('answers 202 to a send', async () => {
    const answer = await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'status' } });
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('content-type')?.startsWith('application/json'), true);
  });

  it('sends to many, once to each, and names the invalid ones', async () => {
    const sent = await client.messages.create({
      src: OWN_NUMBER,
      dst: `+1 (415) 555-0123<${OTHER_PHONE}<12x<${OTHER_PHONE}`,
      text: 'bulk',
    });
    assert.equal(Array.isArray(sent.messageUuid) && sent.messageUuid.length, 2);
    assert.deepEqual(sent.invalid_number, ['12x']);
  });

  it('refuses a send without any valid destination', async () => {
    const answer = await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: '12x', text: 'nobody' } });
    assert.equal(answer.status, 400);
    assert.match(String(answer.json.error), /12x/);
  });

  it('counts units: 160 GSM, 161, 70 UCS-2, 71, escaped characters twice', async () => {
    const cases: [string, number][] = [
      ['a'.repeat(160), 1],
      ['a'.repeat(161), 2],
      ['€'.repeat(80), 1],
      ['€'.repeat(81), 2],
      ['你'.repeat(70), 1],
      ['你'.repeat(71), 2],
      ['a'.repeat(1600), 11],
      ['你'.repeat(737), 11],
    ];
    for (const [text, units] of cases) {
      const uuid = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text }));
      const message = await client.messages.get(uuid);
      assert.equal(message.units, units, `${text.length} x ${text[0]}`);
    }
  });

  it('charges units times rate', async () => {
    const uuid = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'a'.repeat(400) }));
    const message = await state(uuid, 'delivered');
    assert.equal(message.units, 3);
    assert.equal((Number(message.totalRate) * 3).toFixed(5), message.totalAmount);
  });

  it('sends MMS with media by URL of its own media store and lists it', async () => {
    const upload = new FormData();
    upload.append('file', new Blob([Buffer.from('89504e470d0a1a0a', 'hex')], { type: 'image/png' }), 'dot.png');
    const [media] = list((await call(target, 'Media/', { body: upload })).json.objects);
    const sent = await client.messages.create({
      src: OWN_NUMBER,
      dst: PHONE,
      text: 'look',
      type: 'mms',
      media_ids: [String(media?.media_id)],
    });
    const uuid = uuidOf(sent);
    const message = await state(uuid, 'delivered');
    assert.deepEqual([message.messageType, message.units], ['mms', 1]);

    const attached = await client.messages.listMedia(uuid);
    const [first] = list(attached.objects);
    assert.ok(first !== undefined, JSON.stringify(attached));
    assert.equal(first.contentType, 'image/png');
    assert.equal(first.messageUuid, uuid);
    assert.equal(Number(first.size), 8);
    const one = await call(target, `Message/${uuid}/Media/${String(first.mediaId)}/`);
    assert.deepEqual([one.status, one.json.content_type], [200, 'image/png']);
    assert.equal((await call(target, `Message/${uuid}/Media/`, { method: 'DELETE' })).status, 204);
    assert.equal(list((await call(target, `Message/${uuid}/Media/`)).json.objects).length, 0);
  });

  it('refuses MMS without media, to more than ten attachments, or outside US and Canada', async () => {
    const send = (body: Record<string, unknown>) => call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, ...body } });
    assert.equal((await send({ type: 'mms', text: 'no media' })).status, 400);
    assert.equal((await send({ type: 'mms', media_urls: Array(11).fill('http://127.0.0.1:9/a.png') })).status, 400);
    assert.equal((await send({ type: 'mms', media_urls: ['http://127.0.0.1:9/a.png'], dst: '447400000001' })).status, 400);
    assert.equal((await send({ type: 'pigeon', text: 'x' })).status, 400);
  });

  it('takes WhatsApp template, interactive and location messages', async () => {
    const template = {
      name: 'order_shipped',
      language: 'en',
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'A-100' }] }],
    };
    const opened = await client.messages.create({ src: OWN_NUMBER, dst: PHONE, type: 'whatsapp', template });
    const message = await eventually('WhatsApp message delivered', async () => {
      const got = await client.messages.get(uuidOf(opened));
      return got.messageState === 'delivered' || got.messageState === 'read' ? got : undefined;
    });
    assert.deepEqual([message.messageType, message.units], ['whatsapp', 1]);

    const interactive = {
      type: 'button',
      body: { text: 'Again?' },
      action: {
        buttons: [
          { id: 'y', title: 'Yes' },
          { id: 'n', title: 'No' },
        ],
      },
    };
    const location = { latitude: '30.2672', longitude: '-97.7431', name: 'Austin', address: 'Texas' };
    assert.equal(
      (await client.messages.create({ src: OWN_NUMBER, dst: PHONE, type: 'whatsapp', interactive })).message,
      'message(s) queued',
    );
    assert.equal(
      (await client.messages.create({ src: OWN_NUMBER, dst: PHONE, type: 'whatsapp', location })).message,
      'message(s) queued',
    );

    const bad = (body: Record<string, unknown>) =>
      call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, type: 'whatsapp', ...body } });
    assert.equal((await bad({ template: { language: 'en' } })).status, 400);
    assert.equal((await bad({ location: { latitude: '1' } })).status, 400);
    assert.equal((await bad({ interactive: { type: 'carousel' } })).status, 400);
    assert.equal((await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'x', template } })).status, 400);
  });

  it('redacts the number as `log` says', async () => {
    const masked = `${PHONE.slice(0, -3)}***`;
    for (const [log, number] of [
      ['true', PHONE],
      ['false', masked],
      ['content_only', masked],
      ['number_only', PHONE],
    ]) {
      const uuid = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: `log ${log}`, log }));
      const wire = (await call(target, `Message/${uuid}/`)).json;
      assert.deepEqual([wire.log, wire.to_number], [log, number]);
    }
  });

  it('refuses a sender of another account, both or no sender, and a destination equal to the source', async () => {
    const send = (body: Record<string, unknown>) => call(target, 'Message/', { body: { dst: PHONE, text: 'x', ...body } });
    const foreign = await send({ src: FOREIGN_NUMBER });
    if (foreign.status === 202) {
      const uuid = String(Array.isArray(foreign.json.message_uuid) ? foreign.json.message_uuid[0] : '');
      const failed = await state(uuid, 'failed');
      assert.equal(failed.errorCode, '40');
    } else {
      assert.equal(foreign.status, 400);
      assert.match(String(foreign.json.error), /src/);
    }
    assert.equal((await send({})).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, powerpack_uuid: '5b0e1a40-8c11-41f0-a3b7-0242ac110003' })).status, 400);
    assert.equal((await send({ src: PHONE })).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, message_expiry: 4 })).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, message_expiry: 10801 })).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, log: 'maybe' })).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, method: 'PUT', url: 'http://127.0.0.1:9/' })).status, 400);
    assert.equal((await send({ src: OWN_NUMBER, url: 'ftp://example.com/' })).status, 400);
  });

  it('treats empty strings and nulls of optional fields as absent', async () => {
    const answer = await call(target, 'Message/', {
      body: { src: OWN_NUMBER, dst: PHONE, text: 'x', powerpack_uuid: '', url: '', method: null, media_urls: null, type: '' },
    });
    assert.equal(answer.status, 202, answer.text);
  });

  it('lists by every filter', async () => {
    const uuid = uuidOf(await client.messages.create({ src: SECOND_NUMBER, dst: OTHER_PHONE, text: 'filter me' }));
    await state(uuid, 'delivered');
    const has = async (query: string) => (await messages(query)).some((message) => message.message_uuid === uuid);
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 16).replace('T', ' ');
    const matching: Record<string, string> = {
      message_direction: 'outbound',
      message_state: 'delivered',
      message_type: 'sms',
      from_number: SECOND_NUMBER,
      to_number: `%2B${OTHER_PHONE}`,
      error_code: '0',
      destination_country_iso2: 'US',
      tendlc_registration_status: 'unregistered',
      message_time__gt: encodeURIComponent(day(-1)),
      message_time__gte: encodeURIComponent(day(-1)),
      message_time__lt: encodeURIComponent(day(1)),
      message_time__lte: encodeURIComponent(day(1)),
    };
    const failing: Record<string, string> = {
      message_direction: 'inbound',
      message_state: 'failed',
      message_type: 'mms',
      from_number: OWN_NUMBER,
      to_number: '14155550999',
      error_code: '200',
      destination_country_iso2: 'GB',
      powerpack_id: '5b0e1a40-8c11-41f0-a3b7-0242ac110003',
      tendlc_campaign_id: 'CNONE',
      conversation_id: 'none',
      conversation_origin: 'marketing',
      message_time__gt: encodeURIComponent(day(1)),
      message_time__lt: encodeURIComponent(day(-1)),
      message_time: encodeURIComponent(day(-1)),
    };
    const wrong: string[] = [];
    for (const [key, value] of Object.entries(matching))
      if (!(await has(`${key}=${value}`))) wrong.push(`${key}=${value} hides it`);
    for (const [key, value] of Object.entries(failing)) if (await has(`${key}=${value}`)) wrong.push(`${key}=${value} shows it`);
    assert.deepEqual(wrong, []);

    const viaSdk = await client.messages.list({ from_number: SECOND_NUMBER, limit: 5, offset: 0 });
    assert.ok(viaSdk.some((message) => message.messageUuid === uuid));
  });

  it('lists newest first, pages with relative links that repeat the filters, and omits total_count', async () => {
    for (const text of ['p1', 'p2', 'p3']) await client.messages.create({ src: SECOND_NUMBER, dst: PHONE, text });
    const page = (await call(target, `Message/?from_number=${SECOND_NUMBER}&limit=2&offset=1`)).json;
    const meta = record(page.meta);
    assert.equal(list(page.objects).length, 2);
    assert.deepEqual([meta.limit, meta.offset], [2, 1]);
    assert.ok(!('total_count' in meta));
    assert.match(String(meta.next), /^\/v1\/Account\/MA[A-Z0-9]{18}\/Message\/\?/);
    assert.match(String(meta.next), new RegExp(`from_number=${SECOND_NUMBER}`));
    const times = list(page.objects).map((message) => String(message.message_time));
    assert.deepEqual(times, times.toSorted().toReversed());
    for (const query of ['limit=0', 'limit=21', 'limit=x', 'offset=-1', 'message_state=lost', 'message_time=yesterday']) {
      assert.equal((await call(target, `Message/?${query}`)).status, 400, query);
    }
  });

  it('knows nothing of unknown messages', async () => {
    for (const path of [
      'Message/5b0e1a40-8c11-41f0-a3b7-0242ac110003/',
      'Message/nonsense/',
      'Message/5b0e1a40-8c11-41f0-a3b7-0242ac110003/Media/',
    ]) {
      const answer = await call(target, path);
      assert.deepEqual([answer.status, answer.json.error_code], [404, 'not_found'], path);
    }
  });

  it('takes conversion feedback on the lower-case path', async () => {
    const uuid = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'track', trackable: true }));
    const path = `/v1/account/${target.authId}/message/${uuid}/conversion/`;
    const answer = await call(target, path, { body: { status: 'CONVERTED', timestamp: new Date().toISOString() } });
    assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
    assert.deepEqual([answer.json.conversion_uuid, answer.json.message_uuid], [`conv-${uuid}`, uuid]);
    assert.equal((await call(target, path, { body: { status: 'PERHAPS', timestamp: new Date().toISOString() } })).status, 400);
  });

  it('shows what happened to a message in its timeline', async () => {
    const text = 'timeline secret text';
    const uuid = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text }));
    await state(uuid, 'delivered');
    const timeline = await operator(target, `timeline/${uuid}`);
    assert.equal(timeline.status, 200);
    for (const word of ['accepted', 'queued', 'simulator', 'delivered']) {
      assert.match(timeline.text.toLowerCase(), new RegExp(word), word);
    }
    assert.ok(!timeline.text.includes(text));
    assert.equal((await call({ ...target, authId: '', authToken: '' }, `/ringdown/v1/timeline/${uuid}`)).status, 401);
  });
});
