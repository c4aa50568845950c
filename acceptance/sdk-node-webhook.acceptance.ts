import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call, list, operator } from './api.ts';
import { fixture, OTHER_PHONE, OWN_NUMBER, PHONE, SECOND_NUMBER } from './fixture.ts';
import { type SdkClient, type SdkObject, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { eventually } from './wait.ts';
import { allSignaturesValid, checkSignatures, WebhookReceiver } from './webhook-receiver.ts';

const uuidOf = (answer: SdkObject) => String(Array.isArray(answer.messageUuid) ? answer.messageUuid[0] : undefined);

describe('webhooks, verified by the Node SDK', () => {
  let target: Target;
  let client: SdkClient;
  let receiver: WebhookReceiver;
  before(async () => {
    receiver = await WebhookReceiver.start();
    target = await openTarget({ name: 'sdk-node-webhook', config: fixture });
    client = sdk(target);
  });
  after(async () => {
    await target?.dispose();
    await receiver?.stop();
  });
  beforeEach(() => receiver.answer(() => ({ status: 200 })));

  const inbound = async (number: string, text: string, from = PHONE, media: string[] = []) => {
    const answer = await operator(target, `phones/${from}/messages`, {
      to: number,
      text,
      ...(media.length > 0 ? { media_urls: media } : {}),
    });
    assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
  };
  const withApp = async (number: string, path: string, extra: Record<string, unknown> = {}) => {
    const app = await client.applications.create(`inbound${path.replaceAll(/[^a-z0-9]/g, '-')}`, {
      answerUrl: receiver.url('/answer'),
      messageUrl: receiver.url(path),
      ...extra,
    });
    await client.numbers.update(number, { appId: String(app.appId) });
  };

  it('reports every state of a message to its url by POST, signed in all versions', async () => {
    const sent = await client.messages.create({
      src: OWN_NUMBER,
      dst: PHONE,
      text: 'report',
      url: receiver.url('/status?tenant=7&env=a%20b'),
    });
    const uuid = uuidOf(sent);
    await receiver.waitFor(
      'delivered',
      (request) => request.params.Status === 'delivered' && request.params.MessageUUID === uuid,
    );
    const reports = receiver.on('/status').filter((request) => request.params.MessageUUID === uuid);
    assert.deepEqual(reports.map((request) => request.params.Status).toSorted(), ['delivered', 'queued', 'sent']);
    for (const request of reports) {
      assert.equal(request.method, 'POST');
      assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
      assert.deepEqual(checkSignatures(request, target.authToken, target.authToken), allSignaturesValid);
      assert.deepEqual([request.params.tenant, request.params.env], ['7', 'a b']);
      assert.deepEqual(
        [request.params.From, request.params.To, request.params.Type, request.params.ParentMessageUUID, request.params.PartInfo],
        [OWN_NUMBER, PHONE, 'sms', uuid, '1 of 1'],
      );
      assert.match(request.params.QueuedTime ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      assert.ok('requester_ip' in request.params);
      assert.equal(request.params.PowerpackUUID, '');
    }
    assert.deepEqual(reports.map((request) => request.params.Sequence).toSorted(), ['1', '2', '3']);
    const last = reports.find((request) => request.params.Status === 'delivered');
    assert.match(last?.params.DeliveryReportTime ?? '', /^\d{4}-/);
    assert.match(last?.params.TotalAmount ?? '', /^\d+\.\d{5}$/);
  });

  it('reports by GET with the parameters in the query', async () => {
    const uuid = uuidOf(
      await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'get', url: receiver.url('/get?a=1'), method: 'GET' }),
    );
    const request = await receiver.waitFor('GET report', (got) => got.path === '/get' && got.params.Status === 'delivered');
    assert.deepEqual([request.method, request.params.MessageUUID, request.params.a], ['GET', uuid, '1']);
    assert.deepEqual(checkSignatures(request, target.authToken, target.authToken), allSignaturesValid);
  });

  it('signs for a subaccount with its own token and with the main one', async () => {
    const sub = await client.subaccounts.create('signer', true);
    const scoped = { ...target, authId: String(sub.authId), authToken: String(sub.authToken) };
    await client.numbers.update(SECOND_NUMBER, { subAccount: scoped.authId });
    const sent = await call(scoped, 'Message/', {
      body: { src: SECOND_NUMBER, dst: PHONE, text: 'sub', url: receiver.url('/sub') },
    });
    assert.equal(sent.status, 202, sent.text);
    const request = await receiver.waitFor('report of the subaccount', (got) => got.path === '/sub');
    assert.deepEqual(checkSignatures(request, scoped.authToken, target.authToken), allSignaturesValid);
    await client.subaccounts.delete(scoped.authId, false);
  });

  it('masks the destination in the reports of a redacted message', async () => {
    await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'hush', url: receiver.url('/hush'), log: 'false' });
    const request = await receiver.waitFor('redacted report', (got) => got.path === '/hush');
    assert.equal(request.params.To, `${PHONE.slice(0, -3)}***`);
  });

  it('hands an inbound message to message_url and ends it as delivered', async () => {
    await withApp(OWN_NUMBER, '/inbound');
    await inbound(OWN_NUMBER, 'hello from a phone ✓');
    const request = await receiver.waitFor('inbound message', (got) => got.path === '/inbound');
    assert.deepEqual(
      [request.params.From, request.params.To, request.params.Text, request.params.Type, request.params.Units],
      [PHONE, OWN_NUMBER, 'hello from a phone ✓', 'sms', '1'],
    );
    assert.deepEqual(checkSignatures(request, target.authToken, target.authToken), allSignaturesValid);
    const uuid = request.params.MessageUUID ?? '';
    const message = await eventually('inbound record', async () => {
      const got = (await call(target, `Message/${uuid}/`)).json;
      return got.message_state === 'delivered' ? got : undefined;
    });
    assert.deepEqual([message.message_direction, message.from_number, message.to_number], ['inbound', PHONE, OWN_NUMBER]);
    assert.ok(list((await call(target, 'Message/?message_direction=inbound')).json.objects).some((m) => m.message_uuid === uuid));
  });

  it('executes the Message XML of the answer, several elements and destinations', async () => {
    await withApp(OWN_NUMBER, '/reply');
    receiver.answer((request) =>
      request.path === '/reply'
        ? {
            contentType: 'application/xml',
            body:
              `<?xml version="1.0" encoding="UTF-8"?><Response>` +
              `<Message src="${OWN_NUMBER}" dst="${PHONE}&lt;${OTHER_PHONE}" callbackUrl="${receiver.url('/xmlstatus')}">first &amp; last</Message>` +
              `<Message src="${OWN_NUMBER}" dst="${PHONE}" type="sms">second</Message></Response>`,
          }
        : { status: 200 },
    );
    await inbound(OWN_NUMBER, 'answer me');
    await eventually('replies on the phones', async () => {
      const one = await operator(target, `phones/${PHONE}/messages`);
      const two = await operator(target, `phones/${OTHER_PHONE}/messages`);
      const arrived = one.text.includes('first & last') && one.text.includes('second') && two.text.includes('first & last');
      return arrived ? true : undefined;
    });
    const report = await receiver.waitFor('status of the reply', (got) => got.path === '/xmlstatus');
    assert.deepEqual(checkSignatures(report, target.authToken, target.authToken), allSignaturesValid);
  });

  it('ignores an answer that is not Message XML', async () => {
    await withApp(OWN_NUMBER, '/junk');
    for (const body of ['<Response><Message>', '<response/>', 'plain', '<Response><Speak>hi</Speak></Response>']) {
      receiver.answer(() => ({ contentType: 'text/xml', body }));
      await inbound(OWN_NUMBER, `junk ${body.length}`);
      await receiver.waitFor('inbound', (got) => got.path === '/junk' && got.params.Text === `junk ${body.length}`);
    }
    assert.equal((await call(target, '')).status, 200);
  });

  it('delivers inbound MMS with media that can be fetched', async () => {
    await withApp(OWN_NUMBER, '/mms');
    const form = new FormData();
    form.append('file', new Blob(['GIF89a'], { type: 'image/gif' }), 'in.gif');
    const [media] = list((await call(target, 'Media/', { body: form })).json.objects);
    await inbound(OWN_NUMBER, 'a picture', PHONE, [String(media?.media_url)]);
    const request = await receiver.waitFor('inbound MMS', (got) => got.path === '/mms');
    assert.deepEqual(
      [request.params.Type, request.params.MediaCount, request.params.Body, request.params.Text],
      ['mms', '1', 'a picture', 'a picture'],
    );
    const served = await fetch(String(request.params.Media0));
    assert.equal(await served.text(), 'GIF89a');
  });

  it('blocks after STOP, says so in MessageIntent, and lifts the block after START', async () => {
    await withApp(OWN_NUMBER, '/stop');
    await inbound(OWN_NUMBER, 'Stop \n', OTHER_PHONE);
    const stop = await receiver.waitFor('STOP', (got) => got.path === '/stop');
    assert.equal(stop.params.MessageIntent, 'optout');
    const blocked = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: OTHER_PHONE, text: 'are you there' }));
    const later = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: OTHER_PHONE, text: 'still there' }));
    const states = await eventually('blocked message', async () => {
      const got = [await client.messages.get(blocked), await client.messages.get(later)];
      const failed = got.filter((message) => message.messageState === 'failed');
      // One acknowledgement may pass within five minutes of a STOP; the next one may not.
      return failed.length > 0 && got.every((message) => message.messageState !== 'queued') ? failed : undefined;
    });
    assert.ok(states.every((message) => message.errorCode === '200'));

    await inbound(OWN_NUMBER, 'start', OTHER_PHONE);
    const start = await receiver.waitFor('START', (got) => got.path === '/stop' && got.params.Text === 'start');
    assert.equal(start.params.MessageIntent, 'optin');
    const open = uuidOf(await client.messages.create({ src: OWN_NUMBER, dst: OTHER_PHONE, text: 'welcome back' }));
    await eventually('delivery after START', async () =>
      (await client.messages.get(open)).messageState === 'delivered' ? true : undefined,
    );
  });

  it('does not follow redirects', async () => {
    receiver.answer((request) =>
      request.path === '/moved' ? { status: 302, location: receiver.url('/elsewhere') } : { status: 200 },
    );
    await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'redirect', url: receiver.url('/moved') });
    await receiver.waitFor('redirected report', (got) => got.path === '/moved');
    await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'fence', url: receiver.url('/fence') });
    await receiver.waitFor('a later report', (got) => got.path === '/fence' && got.params.Status === 'delivered');
    assert.equal(receiver.on('/elsewhere').length, 0);
  });

  it('shows each webhook with request, answer and latency in the timeline', async () => {
    const uuid = uuidOf(
      await client.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'tl', url: receiver.url('/timeline') }),
    );
    await receiver.waitFor('delivered', (got) => got.path === '/timeline' && got.params.Status === 'delivered');
    const timeline = await eventually('webhook answer in the timeline', async () => {
      const got = await operator(target, `timeline/${uuid}`);
      return got.text.includes('/timeline') && got.text.includes('200') ? got : undefined;
    });
    assert.match(timeline.text, /webhook/i);
  });
});
