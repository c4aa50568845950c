import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join, mix, noise, scaled, silence, sine, speechLike } from '../../../testkit/audio.ts';
import { callProgressSource } from '../tones/call-progress.ts';
import { dominantFrequency } from './dominant-frequency.ts';
import { ToneDetector } from './tone-detector.ts';

describe('tone detector', () => {
  for (const rate of [8000, 16000] as const) {
    it(`finds the CNG of a fax, and tells it from other tones and speech, at ${rate} Hz`, () => {
      const pcm = new Int16Array(rate / 2);
      callProgressSource(rate, 'faxCalling').read(pcm);
      const detector = new ToneDetector(rate, [1100]);
      detector.process(pcm);
      assert.ok(detector.present);
      assert.ok(detector.durationMs >= 480 && detector.durationMs <= 500);
      for (const other of [sine(rate, 1000, 500), sine(rate, 1200, 500), speechLike(rate, 3000, 7), noise(rate, 500, 3000)]) {
        const deaf = new ToneDetector(rate, [1100]);
        deaf.process(other);
        assert.equal(deaf.present, false);
      }
    });
  }

  it('needs all its frequencies', () => {
    const both = new Int16Array(8000);
    callProgressSource(8000, 'busy').read(both);
    const detector = new ToneDetector(8000, [480, 620]);
    detector.process(both.subarray(0, 4000));
    assert.ok(detector.present);
    detector.process(sine(8000, 480, 500));
    assert.equal(detector.present, false);
  });

  it('forgets a tone that ended, forgives a lost frame, and does not hear what is too quiet', () => {
    const detector = new ToneDetector(8000, [1000]);
    detector.process(join(sine(8000, 1000, 200), silence(8000, 20), sine(8000, 1000, 200)));
    assert.equal(detector.durationMs, 420);
    detector.process(silence(8000, 60));
    assert.equal(detector.durationMs, 0);
    detector.process(sine(8000, 1000, 500, 100));
    assert.equal(detector.present, false);
  });
});

describe('dominant frequency', () => {
  it('is within 2 Hz of a tone, also in noise', () => {
    for (const rate of [8000, 16000]) {
      for (const hz of [123, 440, 1000.5, 2500, 3900]) {
        const found = dominantFrequency(mix(sine(rate, hz, 600, 5000), noise(rate, 600, 1000)), rate);
        assert.ok(found !== undefined && Math.abs(found - hz) < 2, `${hz}: ${found}`);
      }
    }
  });

  it('is the stronger one of two', () => {
    const found = dominantFrequency(mix(scaled(sine(8000, 700, 500), 0.5), sine(8000, 1300, 500)), 8000);
    assert.ok(found !== undefined && Math.abs(found - 1300) < 2);
  });

  it('is not there in silence', () => {
    assert.equal(dominantFrequency(silence(8000, 500), 8000), undefined);
    assert.equal(dominantFrequency(new Int16Array(0), 8000), undefined);
  });
});
