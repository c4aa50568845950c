import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, join, mix, noise, scaled, silence, sine, speechLike } from '../../../testkit/audio.ts';
import { SilenceDetector } from './silence-detector.ts';

const RATES = [8000, 16000] as const;

function after(rate: (typeof RATES)[number], ...parts: readonly Int16Array[]): SilenceDetector {
  const detector = new SilenceDetector(rate);
  for (const frame of frames(join(...parts), rate / 50)) detector.process(frame);
  return detector;
}

describe('silence detector', () => {
  for (const rate of RATES) {
    it(`measures silence and sound at ${rate} Hz`, () => {
      assert.equal(after(rate, silence(rate, 3000)).silenceMs, 3000);
      const sounding = after(rate, silence(rate, 1000), sine(rate, 300, 2000));
      assert.equal(sounding.sounding, true);
      assert.equal(sounding.soundMs, 2000);
      assert.equal(sounding.silenceMs, 0);
      const silent = after(rate, sine(rate, 300, 2000), silence(rate, 1500));
      assert.equal(silent.silenceMs, 1500);
      assert.equal(silent.soundMs, 0);
    });

    it(`counts speech as one sound, and the silence after it over noise, at ${rate} Hz`, () => {
      const speech = speechLike(rate, 5000, 4);
      const background = noise(rate, 9000, 60);
      const whole = mix(join(silence(rate, 1000), speech, silence(rate, 3000)), background);
      const { silenceMs } = after(rate, whole);
      assert.ok(silenceMs >= 2900 && silenceMs <= 3500, `${silenceMs} ms`);
    });
  }

  it('hears quiet speech over a quiet line', () => {
    assert.ok(after(8000, silence(8000, 2000), scaled(speechLike(8000, 3000, 2), 0.03)).soundMs > 500);
  });

  it('learns a loud background within some seconds', () => {
    const hum = noise(8000, 6000, 250, 2);
    assert.equal(after(8000, hum.subarray(0, 800)).sounding, true);
    assert.equal(after(8000, hum).sounding, false);
    assert.equal(after(8000, hum, mix(noise(8000, 1000, 250, 3), sine(8000, 400, 1000, 4000))).sounding, true);
  });

  it('never takes a steady tone at the level of speech for a background', () => {
    assert.equal(after(8000, sine(8000, 440, 20_000, 1500)).soundMs, 20_000);
  });

  it('does not take a click for sound nor a stop within a word for silence', () => {
    assert.equal(after(8000, silence(8000, 1000), sine(8000, 1000, 40, 20000), silence(8000, 1000)).silenceMs, 2040);
    assert.equal(after(8000, sine(8000, 400, 1000), silence(8000, 160), sine(8000, 400, 1000)).soundMs, 2160);
  });
});
