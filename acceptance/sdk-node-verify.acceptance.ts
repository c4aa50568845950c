import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { list, operator } from './api.ts';
import { OTHER_PHONE, PHONE } from './fixture.ts';
import { loudMs, phoneAnswers, phoneCall } from './phones.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';

/** The code is spoken three times, of which one is enough. */
const SPOKEN_MS = 2_000;

describe('Node SDK: verification sessions', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-verify', config: voiceFixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('verifies a number by the code that its phone has got', async () => {
    const begun = await client.verify_session.create({ recipient: PHONE, brand_name: 'Acme', code_length: 8 });
    const id = String(begun.sessionUuid);
    const code = await eventually('a code', async () => {
      const inbox = list((await operator(target, `phones/${PHONE}/messages`)).json.messages);
      return inbox
        .map(({ text }) => /Acme verification code is (\d{8})/.exec(String(text))?.[1])
        .find((found) => found !== undefined);
    });
    const wrong = code === '11111111' ? '22222222' : '11111111';
    assert.equal((await refusal(client.verify_session.validate({ id, otp: wrong }))).status, 400);
    const open = await client.verify_session.get(id);
    assert.deepEqual([open.status, open.count, open.channel], ['in-progress', 1, 'sms']);
    assert.match(JSON.stringify(await client.verify_session.validate({ id, otp: code })), /session validated successfully/);
    const { sessions } = await client.verify_session.list({ status: 'verified', recipient: PHONE });
    assert.ok(sessions?.some((session) => session.sessionUuid === id));
  });

  it('speaks the code to who answers and presses the key that is asked for', async () => {
    await phoneAnswers(target, OTHER_PHONE, [{ do: 'answer' }, { do: 'hear', speech_ms: 500 }, { do: 'press', digits: '5' }]);
    const begun = await client.verify_session.create({ recipient: OTHER_PHONE, channel: 'voice', dtmf: 5, locale: 'en_US' });
    const call = await phoneCall(target, OTHER_PHONE, ({ state, endedAt }) => state === 'ended' || endedAt !== undefined, 60_000);
    assert.ok(loudMs(call) > SPOKEN_MS, `${loudMs(call)} ms were heard`);
    // The phone knows of the end a moment before the record of the call.
    await eventually('an attempt that was answered', async () =>
      /"status":"answer"/.test(JSON.stringify(await client.verify_session.get(String(begun.sessionUuid)))) ? true : undefined,
    );
  });
});
