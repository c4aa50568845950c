import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { MessagingRig, PHONE } from '../../../testkit/messaging-rig.ts';
import { OPERATOR_TOKEN } from '../../../testkit/plivo-fixture.ts';
import { defaultCompliance } from '../../compliance/configuration.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());

let next = 12125550100;
let packs = 0;
/** A Powerpack with a fresh number for each of the rows. */
async function powerpack(rows: readonly Readonly<Record<string, unknown>>[], settings: Record<string, unknown> = {}) {
  const made = await rig.tenant.post('Powerpack/', { name: `pack ${packs++}`, ...settings });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const pool = `NumberPool/${String(made.body.number_pool).split('/')[5]}`;
  const numbers: string[] = [];
  for (const { service, ...columns } of rows) {
    const number = String(columns.number ?? next++);
    await rig.addNumber(number, { ...columns, number });
    const list = columns.type === 'tollfree' ? 'Tollfree' : 'Number';
    const added = await rig.tenant.post(`${pool}/${list}/${number}/`, { ...(service !== undefined && { service }) });
    assert.equal(added.status, 200, JSON.stringify(added.body));
    numbers.push(number);
  }
  return { uuid: String(made.body.uuid), pool, numbers };
}
const sendFrom = (uuid: string, body: Record<string, unknown> = {}) =>
  rig.send({ src: undefined, powerpack_uuid: uuid, ...body });
const senderOf = async (id: string | undefined) => String((await rig.tenant.get(`Message/${id}/`)).body.from_number);

describe('a message of a Powerpack', () => {
  it('has the number chosen in its record, its list, its callback and its timeline', async () => {
    const { uuid, numbers } = await powerpack([{}]);
    rig.hooks.received.length = 0;
    const [id] = await sendFrom(uuid, { url: rig.hooks.url('/status') });
    const { body } = await rig.tenant.get(`Message/${id}/`);
    assert.deepEqual([body.from_number, body.powerpack_id], [numbers[0], uuid]);
    const listed = objectsOf(await rig.tenant.get(`Message/?powerpack_id=${uuid}`));
    assert.deepEqual(
      listed.map((item) => item.message_uuid),
      [id],
    );
    const [hook] = await rig.hooks.receive(1);
    assert.deepEqual([hook?.params.PowerpackUUID, hook?.params.From], [uuid, numbers[0]]);
    const [accepted] = await rig.timeline(String(id));
    assert.equal(accepted?.detail.powerpack_uuid, uuid);
    assert.equal(accepted?.detail.sender, numbers[0]);
    assert.match(String(accepted?.detail.cause), /sender by same country/);
  });

  it('without log leaves the number of its recipient nowhere', async () => {
    const { uuid } = await powerpack([{}]);
    const dst = '13035550177';
    const [id] = await sendFrom(uuid, { dst, log: 'false' });
    await rig.reaches(String(id), 'sent');
    assert.deepEqual(await rig.placesOf(dst), []);
  });

  it('leaves from the number chosen', async () => {
    const { uuid, numbers } = await powerpack([{}]);
    const [id] = await sendFrom(uuid);
    await rig.reaches(String(id), 'sent');
    assert.equal(rig.lab.submits.at(-1)?.src, numbers[0]);
  });

  it('keeps its number for a destination, and takes another one when that has left the pool', async () => {
    const { uuid, pool, numbers } = await powerpack([{}, {}, {}]);
    const senders = new Set<string>();
    for (let times = 0; times < 4; times++) senders.add(await senderOf((await sendFrom(uuid))[0]));
    assert.equal(senders.size, 1);
    const [first = ''] = senders;
    assert.equal((await rig.tenant.delete(`${pool}/Number/${first}/`)).status, 200);
    const second = await senderOf((await sendFrom(uuid))[0]);
    assert.ok(second !== first && numbers.includes(second));
    assert.equal(await senderOf((await sendFrom(uuid))[0]), second);
  });

  it('keeps the same number when its first messages come at once', async () => {
    const { uuid } = await powerpack([{}, {}, {}]);
    const sent = await Promise.all(Array.from({ length: 8 }, () => sendFrom(uuid)));
    const senders = await Promise.all(sent.map(([id]) => senderOf(id)));
    assert.equal(new Set(senders).size, 1);
  });

  it('takes turns when it is not sticky', async () => {
    const { uuid, numbers } = await powerpack([{}, {}], { sticky_sender: false });
    const destinations = Array.from({ length: 10 }, (_, index) => `1303555010${index}`);
    const sent = await sendFrom(uuid, { dst: destinations.join('<') });
    const senders = await Promise.all(sent.map(senderOf));
    assert.deepEqual([...new Set(senders)].toSorted(), numbers.toSorted());
  });

  it('costs no look-up once its pool and its destination are known', async () => {
    const { uuid } = await powerpack([{}]);
    await sendFrom(uuid);
    const asked: string[] = [];
    const { pool } = rig.fixture.database.storage;
    const query = pool.query;
    const spied: unknown = new Proxy(query, {
      apply(target, self, given: unknown[]) {
        asked.push(String(given[0]));
        return Reflect.apply(target, self, given);
      },
    });
    Object.assign(pool, { query: spied });
    try {
      await sendFrom(uuid);
      await sendFrom(uuid);
    } finally {
      Object.assign(pool, { query });
    }
    assert.deepEqual(
      asked.filter((text) => /powerpacks|pool_numbers|usage_counters where/.test(text)),
      [],
    );
  });

  it('goes by destination: near numbers first, toll-free where priority says so, MMS from those that are there for it', async () => {
    const { uuid, numbers } = await powerpack([{ number: '14155550190' }, { number: '13035550190', service: 'mms' }]);
    const [near, mms] = numbers;
    assert.equal(await senderOf((await sendFrom(uuid, { dst: '14155550144' }))[0]), near);
    const media = { type: 'mms', media_urls: [rig.hooks.url('/none.png')] };
    assert.equal(await senderOf((await sendFrom(uuid, { dst: '14155550145', ...media }))[0]), mms);
  });

  it('passes over numbers without a campaign while one has it', async () => {
    const details = JSON.stringify({ tendlcRegistrationStatus: 'COMPLETED', tendlcCampaignId: 'CTEST' });
    const { uuid, numbers } = await powerpack([{}, { details }, {}], { sticky_sender: false });
    for (let times = 0; times < 4; times++) {
      assert.equal(await senderOf((await sendFrom(uuid))[0]), numbers[1]);
    }
  });

  it('never comes from a number that the operator refuses for want of a campaign', async () => {
    const { uuid } = await powerpack([{}]);
    await sendFrom(uuid);
    rig.fixture.ringdown.useCompliance({
      ...defaultCompliance,
      enforcement: { ...defaultCompliance.enforcement, unregisteredLongCode: 'refuse' },
    });
    try {
      const reply = await rig.tenant.post('Message/', { powerpack_uuid: uuid, dst: PHONE, text: 'Hello' });
      assert.deepEqual([reply.status, /no number of the Powerpack/.test(String(reply.body.error))], [400, true]);
    } finally {
      rig.fixture.ringdown.useCompliance(defaultCompliance);
    }
  });

  it('is counted: a number that has had its day is passed over', async () => {
    const { uuid, numbers } = await powerpack([{ number: '15055550110' }, { number: '15075550110' }], { sticky_sender: false });
    const destinations = Array.from({ length: 160 }, (_, index) => `15055551${String(index).padStart(3, '0')}`);
    const senders = await Promise.all((await sendFrom(uuid, { dst: destinations.join('<') })).map(senderOf));
    assert.equal(senders.filter((sender) => sender === numbers[0]).length, 150);
    assert.equal(senders.filter((sender) => sender === numbers[1]).length, 10);
  });
});

describe('a request that names a Powerpack', () => {
  const refused = async (body: Record<string, unknown>, by = rig.tenant) => {
    const reply = await by.post('Message/', { dst: PHONE, text: 'Hello', ...body });
    assert.equal(reply.status, 400, JSON.stringify(reply.body));
    return String(reply.body.error);
  };

  it('is refused when there is none of that id, for this caller', async () => {
    const { uuid } = await powerpack([{}]);
    assert.match(await refused({ powerpack_uuid: 'x' }), /no such Powerpack/);
    assert.match(await refused({ powerpack_uuid: '11111111-1111-4111-8111-111111111111' }), /no such Powerpack/);
    const stranger = await createTenant(rig.fixture, 'Stranger');
    assert.match(await refused({ powerpack_uuid: uuid }, stranger), /no such Powerpack/);
    const sub = await createSubtenant(rig.fixture, rig.tenant, 'Branch');
    assert.match(await refused({ powerpack_uuid: uuid }, sub), /no such Powerpack/);
  });

  it('is refused when no number of the pool can send it, or src is there too, or it is WhatsApp', async () => {
    const empty = await powerpack([]);
    assert.match(await refused({ powerpack_uuid: empty.uuid }), /no number of the Powerpack/);
    assert.match(await refused({ powerpack_uuid: empty.uuid, src: '14155550100' }), /exclude each other/);
    assert.match(await refused({ powerpack_uuid: empty.uuid, type: 'whatsapp' }), /WhatsApp|src/);
  });

  it('goes to those destinations that it can reach', async () => {
    const { uuid, numbers } = await powerpack([{ type: 'tollfree', number: '18005550190' }]);
    const reply = await rig.tenant.post('Message/', { powerpack_uuid: uuid, dst: `${PHONE}<14165550123`, text: 'Hello' });
    assert.equal(reply.status, 202);
    assert.deepEqual(reply.body.invalid_number, ['14165550123']);
    assert.ok(Array.isArray(reply.body.message_uuid));
    assert.equal(await senderOf(String(reply.body.message_uuid[0])), numbers[0]);
  });
});

describe('a message that comes in for a number of a pool', () => {
  it('goes to the application of the Powerpack, which stands in the callback and in the record', async () => {
    const app = await rig.tenant.post('Application/', { app_name: 'pool', message_url: rig.hooks.url('/pool') });
    const { uuid, numbers } = await powerpack([{}], { application_type: 'xml', application_id: app.body.app_id });
    const [number = ''] = numbers;
    await rig.answerWith(number, '/own');
    rig.hooks.received.length = 0;
    await rig.lab.inbound(PHONE, number, 'To the pool');
    const [hook] = await rig.hooks.receive(1);
    assert.deepEqual([hook?.path, hook?.params.PowerpackUUID], ['/pool', uuid]);
    const [listed] = objectsOf(await rig.tenant.get(`Message/?powerpack_id=${uuid}&message_direction=inbound`));
    assert.equal(listed?.powerpack_id, uuid);
    assert.equal((await rig.tenant.post(`Powerpack/${uuid}/`, { application_id: 'none' })).status, 200);
    await rig.lab.inbound(PHONE, number, 'To its own');
    const [, second] = await rig.hooks.receive(2);
    assert.equal(second?.path, '/own');
  });

  it('is nobody’s while the number waits for its papers', async () => {
    const app = await rig.tenant.post('Application/', { app_name: 'papers', message_url: rig.hooks.url('/papers') });
    const own = { app_id: app.body.app_id };
    const waits = { details: JSON.stringify({ awaitsDocuments: true }) };
    const pooled = await powerpack([waits, {}], { application_type: 'xml', application_id: app.body.app_id });
    const [alone, works] = [String(next++), String(next++)];
    await rig.addNumber(alone, { ...own, ...waits });
    await rig.addNumber(works, own);
    rig.hooks.received.length = 0;
    for (const number of [alone, ...pooled.numbers, works]) await rig.lab.inbound(PHONE, number, 'Anybody?');
    const told = (await rig.hooks.receive(2)).map(({ params }) => params.To);
    assert.deepEqual(told.sort(), [pooled.numbers[1], works].sort());
    const listed = objectsOf(await rig.tenant.get('Message/?message_direction=inbound&limit=4'));
    assert.ok(listed.some(({ to_number }) => to_number === alone));
  });

  it('runs the PHLO of the Powerpack, with what was written, and leaves the application of the number alone', async () => {
    const made = await rig.fixture.http.inject({
      method: 'POST',
      url: '/ringdown/v1/phlos',
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      payload: {
        account: rig.tenant.authId,
        name: 'answers',
        xml: '<Response><Message src="{{from}}" dst="{{to}}">{{Type}} {{Text}}</Message></Response>',
      },
    });
    const phloId = String(made.json().phlo_id);
    const { uuid, numbers } = await powerpack([{}], { application_type: 'phlo', application_id: phloId });
    const [number = ''] = numbers;
    const shown = (await rig.tenant.get(`Powerpack/${uuid}/`)).body;
    assert.deepEqual([shown.application_type, shown.application_id], ['PHLO', phloId]);
    await rig.answerWith(number, '/own');
    rig.hooks.received.length = 0;
    const before = rig.lab.submits.length;
    await rig.lab.inbound(PHONE, number, 'To the <flow>');
    await rig.until(() => rig.lab.submits.length > before);
    const answer = rig.lab.submits.at(-1);
    assert.deepEqual([answer?.src, answer?.dst], [number, PHONE]);
    const [listed] = objectsOf(await rig.tenant.get(`Message/?powerpack_id=${uuid}&message_direction=inbound`));
    assert.equal(listed?.powerpack_id, uuid);
    assert.deepEqual(rig.hooks.received, []);
    const app = await rig.tenant.post('Application/', { app_name: 'pool2', message_url: rig.hooks.url('/pool2') });
    const changed = await rig.tenant.post(`Powerpack/${uuid}/`, { application_type: 'xml', application_id: app.body.app_id });
    assert.equal(changed.body.application_type, 'XML');
    await rig.lab.inbound(PHONE, number, 'To the application');
    const [hook] = await rig.hooks.receive(1);
    assert.equal(hook?.path, '/pool2');
    const none = await rig.tenant.post(`Powerpack/${uuid}/`, { application_id: 'none' });
    assert.deepEqual([none.body.application_type, none.body.application_id], ['', '']);
    const stranger = await createTenant(rig.fixture, 'Other');
    const stolen = await stranger.post('Powerpack/', { name: 'x', application_type: 'phlo', application_id: phloId });
    assert.equal(stolen.status, 400);
  });
});
