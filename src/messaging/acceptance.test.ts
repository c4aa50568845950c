import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import type { SendRequest } from './send.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());

const request = (change: Partial<SendRequest> = {}): SendRequest => ({
  src: OWN,
  dst: PHONE,
  text: 'Hello',
  service: 'sms',
  mediaUrls: [],
  mediaIds: [],
  structured: undefined,
  callbackUrl: undefined,
  callbackMethod: 'POST',
  expirySeconds: 10_800,
  log: 'true',
  trackable: false,
  details: undefined,
  requesterIp: undefined,
  idempotencyKey: undefined,
  ...change,
});

async function send(change: Partial<SendRequest> = {}) {
  const account = await rig.fixture.services.directory.find(rig.tenant.authId);
  assert.ok(account);
  const scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
  return rig.fixture.services.sending.send(scope, request(change));
}

const places = Array.from({ length: 30 }, (_, index) => String(14155550300 + index)).join('<');

test('a request that runs again with its key makes nothing twice, also when its messages have long gone', async () => {
  const callbackUrl = rig.hooks.url('/repeat');
  const idempotencyKey = rig.fixture.services.ids.uuid();
  const first = await send({ idempotencyKey, callbackUrl, dst: `${PHONE}<14155550124` });
  for (const id of first.messageIds) await rig.reaches(id, 'sent');
  const again = await send({ idempotencyKey, callbackUrl, dst: `${PHONE}<14155550124` });
  assert.deepEqual(again, first);
  await rig.until(() => rig.hooks.received.length >= 4);
  await rig.pass(500);
  assert.equal(rig.lab.submits.length, 2);
  assert.equal(rig.hooks.received.length, 4);
});

test('a run that was cut short is completed by the next one', async () => {
  rig.lab.submits.length = 0;
  const idempotencyKey = rig.fixture.services.ids.uuid();
  const first = await send({ idempotencyKey });
  const both = await send({ idempotencyKey, dst: `${PHONE}<14155550125` });
  assert.equal(both.messageIds[0], first.messageIds[0]);
  for (const id of both.messageIds) await rig.reaches(id, 'sent');
  assert.deepEqual([...rig.lab.destinations].sort(), [PHONE, '14155550125']);
});

test('two runs at the same moment send once', async () => {
  rig.lab.submits.length = 0;
  const idempotencyKey = rig.fixture.services.ids.uuid();
  const runs = await Promise.allSettled([send({ idempotencyKey }), send({ idempotencyKey }), send()]);
  const ids = runs.flatMap((run) => (run.status === 'fulfilled' ? run.value.messageIds : []));
  assert.equal(runs[2]?.status, 'fulfilled', 'neighbours are not hurt');
  for (const id of new Set(ids)) await rig.reaches(id, 'sent');
  await rig.pass(300);
  assert.equal(rig.lab.submits.length, 2);
});

test('one request of a batch that cannot be stored fails alone, and whole', async () => {
  const { media } = rig.fixture.services;
  const owner = { accountId: rig.tenant.authId, ownerId: rig.tenant.authId };
  const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const [kept] = await media.keep(owner, [{ contentType: 'image/png', fileName: 'a.png', bytes }]);
  assert.ok(kept);
  const resolve = media.findForMessage.bind(media);
  // Another request deletes the media between the check and the commit.
  media.findForMessage = async (scope, ids) => {
    const found = await resolve(scope, ids);
    await media.delete({ accountId: owner.accountId, subaccountId: undefined }, kept.mediaId);
    return found;
  };
  const before = await rig.query('select from messages');
  const mms = send({ service: 'mms', mediaIds: [kept.mediaId], dst: `${PHONE}<14155550126` });
  const others = Array.from({ length: 5 }, () => send({ dst: places }));
  await assert.rejects(mms, /media_ids/);
  await Promise.all(others);
  media.findForMessage = resolve;
  const after = await rig.query('select from messages');
  assert.equal(after.length - before.length, 150);
  await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
});

test('a request that finds no room is refused whole, and nothing of it is stored', async () => {
  const before = (await rig.query('select from messages')).length;
  const large = Array.from({ length: 1000 }, (_, index) => String(14155560000 + index)).join('<');
  const results = await Promise.allSettled(Array.from({ length: 30 }, () => send({ dst: large })));
  const refused = results.filter((result) => result.status === 'rejected');
  assert.ok(refused.length > 0 && refused.length < 30, `${refused.length} refused`);
  for (const { reason } of refused) assert.equal(reason.code, 'unavailable');
  const stored = (await rig.query('select from messages')).length - before;
  assert.equal(stored, (30 - refused.length) * 1000);
  await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
  await rig.until(async () => (await rig.query('select from outbox limit 1')).length === 0);
});
