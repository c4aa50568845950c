import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import {
  authId,
  becomes,
  client,
  codeAt,
  file,
  inboxOf,
  itemsOf,
  MONEY,
  NUMBER,
  PHONE,
  PHONE_2,
  PHONE_3,
  run,
  UUID,
  web,
} from './surroundings.ts';
import { A, given, step } from './walk.ts';

/** Messages and media, verification sessions, masking sessions. */
export async function walkMessaging(): Promise<void> {
  const mediaId = await step(`POST ${A}/Media/`, async () => {
    const [uploaded] = list((await client.media.upload([file('image.png')])).objects);
    assert.deepEqual([uploaded?.status, uploaded?.status_code ?? uploaded?.statusCode], ['success', 201]);
    return String(uploaded?.media_id ?? uploaded?.mediaId);
  });
  await step(`GET ${A}/Media/{media_id}/`, async () => {
    const one = await client.media.get(given(mediaId, 'media'));
    assert.deepEqual([one.mediaId, one.contentType, one.fileName], [mediaId, 'image/png', 'image.png']);
    assert.equal(typeof one.size, 'number');
  });
  await step(`GET ${A}/Media/`, async () => {
    const all = await client.media.list({ limit: 20 });
    assert.ok(itemsOf(all).some((one) => (one.mediaId ?? one.media_id) === given(mediaId, 'media')));
  });
  const id = await step(`POST ${A}/Message/`, async () => {
    const sent = await client.messages.create({
      src: NUMBER,
      dst: PHONE,
      text: `Picture ${run}`,
      type: 'mms',
      media_urls: [web('/media/image.png')],
    });
    assert.equal(sent.message, 'message(s) queued');
    const uuids: unknown = sent.messageUuid;
    assert.ok(Array.isArray(uuids) && uuids.length === 1, JSON.stringify(sent));
    assert.match(String(uuids[0]), UUID);
    return String(uuids[0]);
  });
  await step(`GET ${A}/Message/{message_uuid}/`, async () => {
    await becomes('the message', 'delivered', async () => (await client.messages.get(given(id, 'message'))).messageState);
    const one = await client.messages.get(given(id, 'message'));
    assert.deepEqual([one.messageUuid, one.fromNumber, one.toNumber, one.messageType], [id, NUMBER, PHONE, 'mms']);
    assert.deepEqual([one.messageDirection, one.units, one.resourceUri], ['outbound', 1, `/v1/Account/${authId}/Message/${id}/`]);
    assert.match(String(one.totalAmount), MONEY);
    assert.match(String(one.totalRate), MONEY);
  });
  await step(`GET ${A}/Message/`, async () => {
    const all = await client.messages.list({ limit: 5, message_direction: 'outbound', message_type: 'mms' });
    assert.ok(all.some((one) => one.messageUuid === given(id, 'message')));
    assert.equal(record(all.meta).limit, 5);
  });
  await step(`GET ${A}/Message/{message_uuid}/Media/`, async () => {
    const [media] = itemsOf(await client.messages.listMedia(given(id, 'message')));
    assert.equal(media?.contentType ?? media?.content_type, 'image/png');
    assert.equal(typeof media?.size, 'number');
    assert.equal(media?.messageUuid ?? media?.message_uuid, id);
  });
  await walkVerifySessions();
  await walkMasking();
}

async function walkVerifySessions(): Promise<void> {
  const before = (await inboxOf(PHONE_3)).length;
  const id = await step(`POST ${A}/Verify/Session/`, async () => {
    const begun = await client.verify_session.create({ recipient: PHONE_3, brand_name: `Node${run}` });
    assert.match(String(begun.message), /initiated/i);
    assert.match(String(begun.sessionUuid), UUID);
    return String(begun.sessionUuid);
  });
  const code = await codeAt(PHONE_3, before).catch(() => undefined);
  await step(`GET ${A}/Verify/Session/{session_uuid}/`, async () => {
    const session = await client.verify_session.get(given(id, 'session'));
    assert.deepEqual([session.status, session.channel, typeof session.count], ['in-progress', 'sms', 'number']);
    assert.equal(session.recipient, PHONE_3);
  });
  await step(`POST ${A}/Verify/Session/{session_uuid}/`, async () => {
    const validated = await client.verify_session.validate({ id: given(id, 'session'), otp: given(code, 'code') });
    assert.match(JSON.stringify(validated), /session validated successfully/);
  });
  await step(`GET ${A}/Verify/Session/`, async () => {
    const { sessions, meta } = await client.verify_session.list({ status: 'verified', recipient: PHONE_3 });
    const found = sessions?.find((session) => session.sessionUuid === given(id, 'session'));
    assert.equal(found?.status, 'verified');
    assert.match(String(record(found?.charges).totalCharge), MONEY);
    assert.equal(typeof meta.limit, 'number');
  });
}

async function walkMasking(): Promise<void> {
  const id = await step(`POST ${A}/Masking/Session/`, async () => {
    const made = await client.maskingSession.createMaskingSession(PHONE, PHONE_2, { session_expiry: 600 });
    assert.match(String(made.sessionUuid), UUID);
    assert.match(String(made.virtualNumber), /^\+1\d{10}$/);
    assert.equal(record(made.session).ringTimeout ?? record(made.session).ring_timeout, 120);
    return String(made.sessionUuid);
  });
  await step(`POST ${A}/Masking/Session/{session_uuid}/`, async () => {
    const changed = await client.maskingSession.updateMaskingSession(given(id, 'session'), { ring_timeout: 30 });
    assert.match(JSON.stringify(changed), /"(ringTimeout|ring_timeout)":30/);
  });
  await step(`GET ${A}/Masking/Session/{session_uuid}/`, async () => {
    const session = JSON.stringify(await client.maskingSession.getMaskingSession(given(id, 'session')));
    assert.match(session, new RegExp(`"(sessionUuid|session_uuid)":"${id}"`));
    assert.match(session, /"(ringTimeout|ring_timeout)":30/);
    assert.match(session, /"status":"active"/);
  });
  await step(`GET ${A}/Masking/Session/`, async () => {
    const all = JSON.stringify(await client.maskingSession.listMaskingSession({ status: 'active', limit: 20 }));
    assert.ok(all.includes(given(id, 'session')), all);
    assert.match(all, /"(totalCount|total_count)":\d+/);
  });
  await step(`DELETE ${A}/Masking/Session/{session_uuid}/`, async () => {
    const ended = await client.maskingSession.deleteMaskingSession(given(id, 'session'));
    assert.ok(ended !== undefined);
    assert.match(JSON.stringify(await client.maskingSession.getMaskingSession(given(id, 'session'))), /"status":"expired"/);
  });
}
