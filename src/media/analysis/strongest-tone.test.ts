import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mix, noise, silence, sine, speechLike } from '../../../testkit/audio.ts';
import type { SampleRate } from '../pcm.ts';
import { StrongestToneFinder } from './strongest-tone.ts';

const find = (pcm: Int16Array, sampleRate: SampleRate = 8000) => new StrongestToneFinder(sampleRate, sampleRate / 10).find(pcm);

describe('the strongest tone of 100 ms', () => {
  it('is a sine to within 2 Hz, at both rates', () => {
    for (const hz of [50, 257.3, 440, 1004, 2100, 3300]) {
      for (const rate of [8000, 16000] as const) {
        const found = find(sine(rate, hz, 100, 4000, 1), rate);
        assert.ok(found && Math.abs(found.hz - hz) < 2 && found.share > 0.95, `${hz} Hz at ${rate}: ${JSON.stringify(found)}`);
      }
    }
  });

  it('is found under noise, with less of the power', () => {
    const found = find(mix(sine(8000, 1000, 100, 4000), noise(8000, 100, 1500)));
    assert.ok(found && Math.abs(found.hz - 1000) < 5 && found.share < 0.95);
  });

  it('is one of two when two sound, and has half of the power', () => {
    const found = find(mix(sine(8000, 770, 100), sine(8000, 1336, 100)));
    assert.ok(found && found.share > 0.4 && found.share < 0.6);
  });

  it('hardly stands out of a voice', () => {
    const voice = speechLike(8000, 3000, 3);
    const shares = Array.from({ length: 30 }, (_, at) => find(voice.subarray(at * 800, (at + 1) * 800))?.share ?? 0);
    assert.ok(shares.filter((share) => share > 0.9).length <= 2, shares.map((share) => share.toFixed(2)).join(' '));
  });

  it('is none in silence and in a constant', () => {
    assert.equal(find(silence(8000, 100)), undefined);
    assert.equal(find(new Int16Array(800).fill(1000)), undefined);
  });
});
