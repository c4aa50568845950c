import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { list, operator, record } from './api.ts';
import { OTHER_PHONE, PHONE } from './fixture.ts';
import { phoneAnswers, phoneCall, phoneDials } from './phones.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';

const HEARS_KEYS = [{ do: 'answer' }, { do: 'hear', digits: '42', within_ms: 10_000 }, { do: 'hang_up' }];
const PRESSES = [
  { do: 'wait', ms: 500 },
  { do: 'press', digits: '42' },
];

describe('Node SDK: number masking', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-masking', config: voiceFixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('makes, gets, lists, updates and ends a session', async () => {
    const made = await client.maskingSession.createMaskingSession(PHONE, OTHER_PHONE, { session_expiry: 600 });
    const id = String(made.sessionUuid);
    await client.maskingSession.updateMaskingSession(id, { ring_timeout: 45 });
    assert.match(JSON.stringify(await client.maskingSession.getMaskingSession(id)), /"ringTimeout":45|"ring_timeout":45/);
    assert.ok(JSON.stringify(await client.maskingSession.listMaskingSession({ status: 'active' })).includes(id));
    await client.maskingSession.deleteMaskingSession(id);
    assert.match((await refusal(client.maskingSession.deleteMaskingSession(id))).message, /already expired/);
  });

  it('carries calls and messages both ways, under a number that is neither’s', async () => {
    const made = await client.maskingSession.createMaskingSession(PHONE, OTHER_PHONE, {});
    const number = String(made.virtualNumber).replace('+', '');
    for (const [from, to] of [
      [PHONE, OTHER_PHONE],
      [OTHER_PHONE, PHONE],
    ] as const) {
      await phoneAnswers(target, to, HEARS_KEYS);
      await phoneDials(target, from, number, PRESSES);
      const heard = await phoneCall(target, to, (call) => call.direction === 'incoming' && call.endedAt !== undefined, 30_000);
      assert.deepEqual([heard.from, heard.scriptError], [number, undefined]);
      await operator(target, `phones/${from}/messages`, { to: number, text: `hello from ${from}` });
      const message = await eventually('the message', async () =>
        list((await operator(target, `phones/${to}/messages`)).json.messages).find(({ text }) => text === `hello from ${from}`),
      );
      assert.equal(String(message.from).replace('+', ''), number);
    }
    const session = JSON.stringify(record(await client.maskingSession.getMaskingSession(String(made.sessionUuid))));
    assert.match(session, /"(totalCallCount|total_call_count)":2/);
    await client.maskingSession.deleteMaskingSession(String(made.sessionUuid));
  });
});
