import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rms, toneShare } from '../../../testkit/audio.ts';
import { sinePeakOfDbm0 } from '../analysis/level.ts';
import { DTMF_DIGITS, dtmfFrequencies } from './digits.ts';
import { dialSteps, dtmfSource } from './generator.ts';

describe('DTMF generator', () => {
  it('makes the two frequencies of each digit, the column 2 dB above the row', () => {
    for (const rate of [8000, 16000] as const) {
      for (const digit of DTMF_DIGITS) {
        const pcm = new Int16Array(rate / 10);
        assert.equal(dtmfSource(rate, [{ digit, ms: 100 }]).read(pcm), pcm.length);
        const [row = 0, column = 0] = dtmfFrequencies(digit) ?? [];
        const shares = [toneShare(pcm, rate, row), toneShare(pcm, rate, column)] as const;
        assert.ok(shares[0] + shares[1] > 0.96, digit);
        assert.ok(Math.abs(10 * Math.log10(shares[1] / shares[0]) - 2) < 0.5, digit);
      }
    }
  });

  it('rises and falls without a click', () => {
    const pcm = new Int16Array(800);
    dtmfSource(8000, [{ digit: '5', ms: 50 }]).read(pcm);
    const loudest = sinePeakOfDbm0(-8) + sinePeakOfDbm0(-10);
    const edge = [...pcm.subarray(0, 4), ...pcm.subarray(396, 400)];
    assert.ok(edge.every((sample) => Math.abs(sample) < loudest / 8));
    assert.ok(rms(pcm.subarray(100, 300)) > loudest / 3);
    assert.equal(rms(pcm.subarray(400)), 0);
  });

  it('waits half a second at w and a second at W', () => {
    const steps = dialSteps('1w2W#', { toneMs: 80, gapMs: 60 });
    assert.deepEqual(
      steps?.map(({ digit = '', ms }) => `${digit}${ms}`),
      ['180', '60', '500', '280', '60', '1000', '#80', '60'],
    );
  });

  it('refuses other characters', () => {
    assert.equal(dialSteps('12x'), undefined);
    assert.equal(dialSteps('a'), undefined);
    assert.deepEqual(dialSteps(''), []);
  });

  it('ends after the last step', () => {
    const source = dtmfSource(8000, dialSteps('1', { toneMs: 40, gapMs: 0 }) ?? []);
    const frame = new Int16Array(160);
    assert.equal(source.read(frame), 160);
    assert.equal(source.read(frame), 160);
    assert.equal(source.read(frame), 0);
    assert.ok(frame.every((sample) => sample === 0));
  });
});
