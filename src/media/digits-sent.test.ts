import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { DigitsSent } from './digits-sent.ts';

const TONES = { method: 'rfc4733', toneMs: 100, gapMs: 50 } as const;

function listening() {
  const clock = new VirtualClock();
  const sent = new DigitsSent(clock);
  const from = clock.now();
  const told: string[] = [];
  const stop = sent.listen((digit, toneMs) => told.push(`${digit} ${toneMs} at ${clock.now() - from}`));
  return { clock, sent, told, stop };
}

describe('digits that a far end is sent', () => {
  test('are told when they begin, from the first on, after the pauses between them', async () => {
    const { clock, sent, told } = listening();
    sent.pace('wW1w2W#', TONES);
    await clock.advance(5_000);
    assert.deepEqual(told, ['1 100 at 0', '2 100 at 650', '# 100 at 1800']);
    sent.tell('9');
    assert.equal(told.at(-1), '9 100 at 5000');
    assert.equal(clock.pending, 0);
  });

  test('are not told any more when they are given up, and to nobody who does not listen', async () => {
    const { clock, sent, told, stop } = listening();
    const giveUp = sent.pace('123', TONES);
    await clock.advance(160);
    giveUp();
    stop();
    sent.pace('456', TONES);
    assert.equal(clock.pending, 0);
    sent.tell('7');
    assert.deepEqual(told, ['1 100 at 0', '2 100 at 150']);
  });
});
