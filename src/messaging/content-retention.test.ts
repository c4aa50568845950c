import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type ApiClient, createTenant } from '../../testkit/api-client.ts';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';

const DAY = 24 * 3_600_000;
let rig: MessagingRig;
let other: ApiClient;
before(async () => {
  rig = await MessagingRig.start();
  other = await createTenant(rig.fixture, 'Other');
});
after(() => rig.close());
beforeEach(async () => {
  await rig.query('truncate messages, content_retention');
});

const run = async () => {
  const chore = rig.fixture.ringdown.chores.find(({ name }) => name === 'content retention');
  assert.ok(chore);
  await chore.run();
};

async function store(days: number, change: { account?: string; text?: string | null } = {}): Promise<string> {
  const at = rig.clock.now() - days * DAY;
  const id = rig.fixture.services.ids.uuidAt(at);
  await rig.query(
    `insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, units, rate_micros, amount_micros,
       text, transitions, created_at, updated_at)
     values ($1, $2, $2, 'outbound', 'sms', 'sent', '14155550100', '14155550123', 1, 0, 0, $3, '[]', $4, $4)`,
    [id, change.account ?? rig.tenant.authId, change.text === undefined ? 'kept' : change.text, new Date(at)],
  );
  return id;
}

const texts = async (ids: readonly string[]) => {
  const rows = await rig.query<{ id: string; text: string | null }>('select id, text from messages where id = any($1)', [ids]);
  return ids.map((id) => rows.find((row) => row.id === id)?.text ?? null);
};

test('texts older than a week go, younger ones stay, and the record stays', async () => {
  const ids = [await store(30), await store(7.1), await store(6.9), await store(0)];
  await run();
  assert.deepEqual(await texts(ids), [null, null, 'kept', 'kept']);
  assert.equal((await rig.tenant.get(`Message/${ids[0]}/`)).status, 200);
});

test('an account may keep them shorter or longer, and the change of its rule reaches what is older', async () => {
  const account = other.authId;
  const set = (days: number | null) =>
    rig.query('update accounts set settings = settings || $2 where auth_id = $1', [
      account,
      JSON.stringify({ contentRetentionDays: days }),
    ]);
  const ids = [
    await store(40, { account }),
    await store(20, { account }),
    await store(5, { account }),
    await store(2, { account }),
  ];
  const ours = await store(20);
  await set(30);
  await run();
  assert.deepEqual(await texts([...ids, ours]), [null, 'kept', 'kept', 'kept', null]);
  await set(3);
  await run();
  assert.deepEqual(await texts(ids), [null, null, null, 'kept']);
  await set(null);
  const later = await store(6, { account });
  await run();
  assert.deepEqual(await texts([later]), ['kept']);
});

test('a rule that was lifted leaves nothing behind', async () => {
  const account = other.authId;
  await rig.query('update accounts set settings = settings || $2 where auth_id = $1', [account, '{"contentRetentionDays": 30}']);
  const old = await store(20, { account });
  await run();
  await rig.query(`update accounts set settings = settings - 'contentRetentionDays' where auth_id = $1`, [account]);
  await run();
  assert.deepEqual(await texts([old]), [null]);
});

test('each run goes on where the last one ended', async () => {
  const first = await store(8);
  await run();
  // Nobody writes texts of that age; what is behind the mark is not looked at again.
  await rig.query(`update messages set text = 'again' where id = $1`, [first]);
  const second = await store(7.05);
  await run();
  await rig.clock.advance(1);
  assert.deepEqual(await texts([first, second]), ['again', 'kept'], 'the second lies behind the mark of the first run');
  const third = await store(6.99);
  await rig.query('delete from content_retention');
  await run();
  assert.deepEqual(await texts([first, second, third]), [null, null, 'kept']);
});

test('more than a batch is blanked batch by batch', async () => {
  const at = rig.clock.now() - 10 * DAY;
  const rows = Array.from({ length: 4_500 }, () => rig.fixture.services.ids.uuidAt(at));
  await rig.query(
    `insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, units, rate_micros, amount_micros,
       text, transitions, created_at, updated_at)
     select i, $2, $2, 'outbound', 'sms', 'sent', '1', '2', 1, 0, 0, 'kept', '[]', now(), now() from unnest($1::uuid[]) as i`,
    [rows, rig.tenant.authId],
  );
  await run();
  assert.equal((await rig.query('select from messages where text is not null')).length, 0);
});

test('webhooks that brought an inbound text forget it, and what was answered to them', async () => {
  await rig.answerWith(OWN, '/inbound');
  rig.hooks.respond = (_, response) => response.end('thank you for that');
  await rig.lab.inbound(PHONE, OWN, 'a text to forget');
  await rig.until(async () => (await rig.query(`select from webhooks where ended_at is not null`)).length === 1);
  await run();
  assert.deepEqual(await rig.placesOf('a text to forget'), ['messages.text', 'webhooks.content']);
  await rig.query(`update accounts set settings = '{"contentRetentionDays": 0, "apiRequestsPer5s": 0}' where auth_id = $1`, [
    rig.tenant.authId,
  ]);
  await rig.clock.advance(1_000);
  await run();
  assert.deepEqual(await rig.placesOf('a text to forget'), []);
  assert.deepEqual(await rig.placesOf('thank you for that'), []);
  assert.deepEqual(await rig.placesOf(PHONE).then((places) => places.includes('webhooks.content')), true, 'the rest stays');
});
