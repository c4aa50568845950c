import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { fixture, OTHER_PHONE, PHONE } from './fixture.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { eventually } from './wait.ts';

const NO_CALL = '019a0000-0000-7000-8000-000000000000';

/** Calls are made elsewhere: here is what the SDK reads of voice when nobody is on the line. */
describe('Node SDK: records of voice', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-voice-records', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('lists no calls, live and queued ones included, with every filter', async () => {
    assert.equal((await client.calls.list()).length, 0);
    const filtered = await client.calls.list({
      limit: 5,
      offset: 0,
      callDirection: 'outbound',
      fromNumber: '14155550100',
      toNumber: '1415',
      parentCallUuid: NO_CALL,
      billDuration__gte: 1,
      end_time__gt: '2026-01-01 00:00:00',
      hangupCauseCode: 4000,
      hangupSource: 'Callee',
    });
    assert.equal(filtered.length, 0);
    const live = await call(target, 'Call/?status=live');
    assert.deepEqual(live.json.calls, []);
    await client.calls.listLiveCalls({ callDirection: 'inbound' });
    await client.calls.listQueuedCalls();
  });

  it('hears that there is no such call', async () => {
    for (const attempt of [
      () => client.calls.get(NO_CALL),
      () => client.calls.getLiveCall(NO_CALL),
      () => client.calls.getQueuedCall(NO_CALL),
      () => client.calls.hangup(NO_CALL),
      () => client.calls.cancel(NO_CALL),
      () => client.recordings.get(NO_CALL),
      () => client.recordings.delete(NO_CALL),
    ]) {
      assert.equal((await refusal(attempt())).status, 404);
    }
    assert.equal((await client.recordings.list({ callUuid: NO_CALL })).length, 0);
    assert.equal((await client.recordings.list({ add_time__gte: '2026-01-01 00:00:00' })).length, 0);
  });

  it('hears what is wrong with a call', async () => {
    const foreign = await refusal(client.calls.create('+14155550199', PHONE, 'http://127.0.0.1:9/answer'));
    assert.equal(foreign.status, 400);
    assert.match(foreign.message, /\+14155550199 is not associated with your account/);
    const answer = await refusal(client.calls.create('+14155550100', PHONE, 'nowhere'));
    assert.match(answer.message, /answer_url parameter/);
  });

  it('walks through the life of an endpoint', async () => {
    const app = await client.applications.create('endpoints', { answerUrl: 'http://127.0.0.1:9/answer' });
    const created = await client.endpoints.create('ana', 'secret-1', 'desk', String(app.appId));
    assert.equal(created.message, 'created');
    assert.match(String(created.username), /^ana\d{12}$/);
    const id = String(created.endpointId);
    const endpoint = await client.endpoints.get(id);
    assert.deepEqual(
      [endpoint.username, endpoint.alias, endpoint.sipRegistered, endpoint.sipUri, endpoint.application],
      [
        created.username,
        'desk',
        'false',
        `sip:${String(created.username)}@phone.plivo.com`,
        `/v1/Account/${target.authId}/Application/${String(app.appId)}/`,
      ],
    );
    assert.match(String(endpoint.password), /^[0-9a-f]{32}$/);
    assert.ok((await client.endpoints.list()).some((one) => one.endpointId === id));
    assert.equal((await client.endpoints.update(id, { alias: 'hall', password: 'secret-2' })).message, 'changed');
    assert.equal((await client.endpoints.get(id)).alias, 'hall');
    await client.endpoints.delete(id);
    assert.equal((await refusal(client.endpoints.get(id))).status, 404);
  });

  it('verifies a caller ID by the code that comes as SMS', async () => {
    const begun = await client.verify.initiate(`+${OTHER_PHONE}`, { alias: 'mobile', channel: 'sms' });
    assert.match(String(begun.message), /^Verification code is sent to number \+14155550124 /);
    const code = await eventually('the code', async () => {
      const received = await call(target, `/ringdown/v1/phones/${OTHER_PHONE}/messages`, {
        headers: { authorization: `Bearer ${target.operatorToken}` },
      });
      const [newest] = list(received.json.messages);
      return /code is (\d{6})/.exec(String(newest?.text))?.[1];
    });
    assert.equal((await refusal(client.verify.verify(String(begun.verificationUuid), '000000'))).status, 400);
    const verified = await client.verify.verify(String(begun.verificationUuid), code);
    assert.deepEqual([verified.phoneNumber, verified.alias, verified.channel], [`+${OTHER_PHONE}`, 'mobile', 'sms']);
    assert.equal((await client.verify.getVerifiedCallerId(`+${OTHER_PHONE}`)).country, 'US');
    const listed = list(record(await client.verify.listVerifiedCallerId({ alias: 'mobile' })).objects);
    assert.equal(listed[0]?.phoneNumber ?? listed[0]?.phone_number, `+${OTHER_PHONE}`);
    const updated = await client.verify.updateVerifiedCallerId(`+${OTHER_PHONE}`, { alias: 'other' });
    assert.equal(updated.alias, 'other');
    await client.verify.deleteVerifiedCallerId(OTHER_PHONE);
    assert.equal((await refusal(client.verify.getVerifiedCallerId(OTHER_PHONE))).status, 404);
    const none = await call(target, 'VerifiedCallerId/');
    assert.deepEqual(none.json.objects, []);
  });

  it('is told 422 about feedback, because it posts none, and 404 about a call that never was', async () => {
    assert.equal((await refusal(client.callFeedback.create(NO_CALL, '5', [], ''))).status, 422);
    const posted = await call(target, `/v1/Call/${NO_CALL}/Feedback/`, { body: { rating: 5 } });
    assert.equal(posted.status, 404);
  });
});
