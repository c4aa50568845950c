import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { Reach } from '../accounts/reach.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { inTransaction } from '../storage/storage.ts';
import { Media, type MediaOwner } from './media.ts';
import { MediaStore } from './media-store.ts';

let fixture: PlivoFixture;
let media: Media;
let owner: MediaOwner;
let reach: Reach;
before(async () => {
  fixture = await createPlivoFixture();
  media = fixture.services.media;
  owner = { accountId: fixture.account.authId, ownerId: fixture.account.authId };
  reach = { accountId: fixture.account.authId, subaccountId: undefined };
});
after(() => fixture.close());

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MEGABYTE = 1024 * 1024;
const image = { contentType: 'image/png', fileName: 'a.png', bytes: PNG };
const newMessage = () => fixture.services.ids.uuid();

test('messages of a bulk request share their media, each in the order of the ids', async () => {
  const stored = await media.keep(owner, [image, { ...image, fileName: 'b.png' }]);
  const ids = stored.map((one) => one.mediaId).reverse();
  const messages = [newMessage(), newMessage()];
  await media.attach(reach, messages, [...ids, ...ids]);
  await media.attach(reach, messages, ids); // an attempt that is repeated changes nothing
  for (const message of messages) {
    const names = (await media.ofMessage(reach, message)).map((one) => one.fileName);
    assert.deepEqual(names, ['b.png', 'a.png']);
  }
});

test('attaching is part of the transaction that stores the message', async () => {
  const [stored] = await media.keep(owner, [image]);
  assert.ok(stored);
  const message = newMessage();
  await assert.rejects(
    inTransaction(fixture.database.storage.pool, async (client) => {
      await media.attach(reach, [message], [stored.mediaId], client);
      throw new Error('the message could not be stored');
    }),
  );
  assert.deepEqual(await media.ofMessage(reach, message), []);
  assert.deepEqual((await media.find(reach, stored.mediaId))?.expiresAt, stored.expiresAt);
});

test('nothing is attached when one of the media is missing, deleted or of another account', async () => {
  const [one, deleted] = await media.keep(owner, [image, image]);
  const [foreign] = await media.keep({ accountId: 'MAOTHER0000000000000', ownerId: 'MAOTHER0000000000000' }, [image]);
  const [ofSubaccount] = await media.keep({ ...owner, ownerId: 'SAONE000000000000000' }, [image]);
  assert.ok(one && deleted && foreign && ofSubaccount);
  await media.delete(reach, deleted.mediaId);
  const message = newMessage();
  for (const id of [deleted.mediaId, foreign.mediaId, newMessage(), 'no-id']) {
    await assert.rejects(media.attach(reach, [message], [one.mediaId, id]), /media_ids parameter is invalid/);
  }
  const other: Reach = { accountId: owner.accountId, subaccountId: 'SATWO000000000000000' };
  await assert.rejects(media.attach(other, [message], [ofSubaccount.mediaId]), /media_ids/);
  assert.deepEqual(await media.ofMessage(reach, message), []);
  await media.attach(reach, [message], [ofSubaccount.mediaId]);
  assert.equal((await media.ofMessage(reach, message)).length, 1);
});

test('deleting the media of one message leaves those that another one has', async () => {
  const [shared, alone] = await media.keep(owner, [image, image]);
  assert.ok(shared && alone);
  const [first, second] = [newMessage(), newMessage()];
  await media.attach(reach, [first, second], [shared.mediaId]);
  await media.attach(reach, [first], [alone.mediaId]);
  await media.deleteOfMessage(reach, first);
  assert.deepEqual(await media.ofMessage(reach, first), []);
  assert.deepEqual(
    (await media.ofMessage(reach, second)).map((one) => one.mediaId),
    [shared.mediaId],
  );
  assert.equal(await fixture.blobs.sizeOf(alone.blobKey), undefined);
  assert.equal(await fixture.blobs.sizeOf(shared.blobKey), PNG.length);
  await media.deleteOfMessage(reach, second);
  assert.equal(await fixture.blobs.sizeOf(shared.blobKey), undefined);
});

test('inbound media are kept up to 10 files and below 7 MB; the rest is reported', async () => {
  const whole = await media.keepInbound(owner, [{ contentType: 'image/png', bytes: PNG }]);
  assert.equal(whole.errorCode, undefined);
  const many = await media.keepInbound(owner, Array(12).fill({ contentType: 'image/png', bytes: PNG }));
  assert.deepEqual([many.stored.length, many.errorCode], [10, '140']);
  const large = { contentType: 'image/png', bytes: Buffer.concat([PNG, Buffer.alloc(3 * MEGABYTE)]) };
  const heavy = await media.keepInbound(owner, [large, large, large, { contentType: 'image/png', bytes: PNG }]);
  assert.deepEqual(
    [heavy.stored.map((one) => one.size), heavy.errorCode],
    [[large.bytes.length, large.bytes.length, PNG.length], '140'],
  );
});

test('inbound media that are not what they claim to be are handed out as a download', async () => {
  const { stored, errorCode } = await media.keepInbound(owner, [
    { contentType: 'image/png', fileName: 'page.png', bytes: Buffer.from('<script>') },
    { contentType: 'text/html', bytes: Buffer.from('<script>') },
  ]);
  assert.equal(errorCode, undefined);
  const [page] = stored;
  assert.deepEqual(
    stored.map((one) => one.contentType),
    ['application/octet-stream', 'application/octet-stream'],
  );
  const reply = await fixture.http.inject({ url: `/v1/media/Account/${owner.ownerId}/Media/${page?.mediaId}` });
  assert.match(String(reply.headers['content-disposition']), /^attachment; filename="page.png"/);
});

test('uploads are listed, what came in with messages is not', async () => {
  const before = (await media.listUploads(reach, 20, 0)).total;
  await media.keepInbound(owner, [{ contentType: 'image/png', bytes: PNG }]);
  assert.equal((await media.listUploads(reach, 20, 0)).total, before);
  await media.upload(owner, [{ ...image, truncated: false }]);
  assert.equal((await media.listUploads(reach, 20, 0)).total, before + 1);
});

/** Media on a clock that nothing else runs by. */
function mediaOnOwnClock() {
  const clock = new VirtualClock(fixture.clock.now());
  const ids = createIds(clock, createSystemRandom());
  const store = new MediaStore(fixture.database.storage);
  return { clock, media: new Media({ store, blobs: fixture.blobs, clock, ids, log: silentLog }) };
}

const HOUR = 3_600_000;

test('unused media expire after 6 hours, used ones a year after their use', async () => {
  await fixture.database.storage.pool.query('truncate media cascade');
  const { clock, media: own } = mediaOnOwnClock();
  const stored = await own.keep(owner, Array(450).fill(image));
  const [used, unused] = stored;
  assert.ok(used && unused);
  await clock.advance(5 * HOUR);
  await own.attach(reach, [newMessage()], [used.mediaId]);
  await clock.advance(HOUR - 1);
  assert.equal(await own.expire(), 0);
  await clock.advance(1);
  assert.equal(await own.findContent(owner.ownerId, undefined, unused.mediaId), undefined, 'not served any more');
  assert.equal(await own.expire(), 449);
  assert.equal(await fixture.blobs.sizeOf(unused.blobKey), undefined);
  assert.ok(await own.find(reach, used.mediaId));
  await clock.advance(365 * 24 * HOUR - HOUR - 1);
  assert.equal(await own.expire(), 0);
  await clock.advance(1);
  assert.equal(await own.expire(), 1);
  assert.equal(await fixture.blobs.sizeOf(used.blobKey), undefined);
});

test('what a crash left half-written is not seen and expires', async () => {
  const { clock, media: own } = mediaOnOwnClock();
  const id = newMessage();
  await fixture.blobs.put(`media/${id}`, PNG);
  await fixture.database.storage.pool.query(
    `insert into media (media_id, account_id, owner_id, content_type, size, file_name, blob_key, uploaded, created_at, expires_at)
     values ($1, $2, $2, 'image/png', 16, '', $3, true, $4, $4)`,
    [id, owner.ownerId, `media/${id}`, new Date(clock.now())],
  );
  assert.equal(await own.find(reach, id), undefined);
  assert.equal(await own.findContent(owner.ownerId, undefined, id), undefined);
  assert.equal(
    (await own.listUploads(reach, 20, 0)).items.some((one) => one.mediaId === id),
    false,
  );
  assert.equal(await own.expire(), 1);
  assert.equal(await fixture.blobs.sizeOf(`media/${id}`), undefined);
});

test('media whose bytes cannot be removed stay for the next run', async () => {
  const { clock, media: own } = mediaOnOwnClock();
  await fixture.database.storage.pool.query('truncate media cascade');
  const [stuck] = await own.keep(owner, [image]);
  assert.ok(stuck);
  const { blobs } = fixture;
  const erase = blobs.delete;
  blobs.delete = async () => {
    throw new Error('the disk is read-only');
  };
  await clock.advance(7 * HOUR);
  assert.equal(await own.expire(), 0);
  blobs.delete = erase;
  assert.equal(await own.expire(), 1);
  assert.equal(await blobs.sizeOf(stuck.blobKey), undefined);
});
