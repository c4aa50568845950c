import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import { Problem } from '../errors/catalogue.ts';
import type { CodeCallProgress } from '../verification/code-caller.ts';
import { hangupCause } from './hangup-cause.ts';
import { DEFAULT_INCREMENT } from './pricing.ts';
import { VerificationCalls } from './verification-calls.ts';

const NUMBER = '14155550177';
const ID = '019a0000-0000-7000-8000-000000000001';
/** What the rig takes to speak it: 50 ms a character, three times. */
const TEXT = 'Your code is: 1, 2, 3.';
const SPOKEN_MS = TEXT.length * 50 * 3;

function createCaller() {
  const rig = createVoiceRig();
  const calls = new VerificationCalls({
    ...rig.environment,
    ids: rig.ids,
    legs: rig.legs,
    live: rig.live,
    permissions: rig.permissions,
    rates: () => ({ perMinute: 8_500, ...DEFAULT_INCREMENT }),
    canPay: rig.credit.canPay,
    home: new Set(),
    services: rig.services,
  });
  const progress: CodeCallProgress[] = [];
  const speak = async (challenge?: { key: string; text: string }) => {
    const account = rig.account.current;
    const scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
    await calls.speakCode(scope, {
      to: NUMBER,
      callId: ID,
      code: '123',
      text: TEXT,
      language: 'en-US',
      challenge,
      progress: (step) => progress.push(step),
    });
    const leg = rig.dialled[0]?.leg;
    assert.ok(leg);
    return leg;
  };
  return { rig, speak, progress };
}

describe('a call that speaks a code', () => {
  it('says it three times and hangs up, and tells how it goes', async () => {
    const { rig, speak, progress } = createCaller();
    const leg = await speak();
    leg.rings();
    leg.answers();
    await rig.clock.advance(SPOKEN_MS - 1);
    assert.deepEqual(progress, ['ringing', 'in-progress']);
    await rig.clock.advance(1);
    assert.deepEqual(progress, ['ringing', 'in-progress', 'completed']);
    assert.deepEqual([rig.ended[0]?.callId, rig.ended[0]?.to, rig.ended[0]?.from], [ID, NUMBER, 'anonymous']);
    await rig.assertClean();
  });

  it('has failed when nobody answers within a minute', async () => {
    const { rig, speak, progress } = createCaller();
    (await speak()).rings();
    await rig.clock.advance(60_000);
    assert.deepEqual(progress, ['ringing', 'failed']);
    await rig.assertClean();
  });

  it('waits for a key first where one is asked for', async () => {
    const { rig, speak } = createCaller();
    const leg = await speak({ key: '3', text: 'Press 3.' });
    leg.answers();
    await rig.clock.advance(500);
    leg.media?.press('3');
    await rig.clock.advance(SPOKEN_MS);
    assert.equal(rig.ended[0]?.ended?.cause.code, 4000);
    await rig.assertClean();
  });

  it('says nothing to who presses another key, or none', async () => {
    const wrong = createCaller();
    const leg = await wrong.speak({ key: '3', text: 'Press 3.' });
    leg.answers();
    await wrong.rig.clock.advance(500);
    leg.media?.press('4');
    await wrong.rig.clock.advance(0);
    assert.equal(wrong.rig.ended[0]?.ended?.cause.code, 9110);
    await wrong.rig.assertClean();
    const mailbox = createCaller();
    (await mailbox.speak({ key: '3', text: 'Press 3.' })).answers();
    await mailbox.rig.clock.advance(20_000);
    assert.equal(mailbox.rig.ended[0]?.ended?.cause.code, 9110);
    await mailbox.rig.assertClean();
  });

  it('is not made to barred destinations, beyond the calls that the account may have at once, nor without credit', async () => {
    const { rig, speak } = createCaller();
    rig.barred.set(NUMBER, hangupCause(2030, 'Plivo'));
    const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
    await assert.rejects(speak(), isProblem('destination_barred'));
    rig.barred.clear();
    rig.account.current = { ...rig.account.current, settings: { concurrentCalls: 1 } };
    const place = rig.live.places.takeAnyway(rig.account.current);
    await assert.rejects(speak(), isProblem('concurrency_limit'));
    place.giveBack();
    rig.account.current = { ...rig.account.current, billingMode: 'prepaid', balanceMicros: 0 };
    await assert.rejects(speak(), isProblem('insufficient_credit'));
    assert.equal(rig.dialled.length, 0);
    await rig.assertClean();
  });
});
