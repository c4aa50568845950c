import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silence, sine } from '../../../testkit/audio.ts';
import { levelDbov, SILENCE_DBOV, sinePeakOfDbm0 } from './level.ts';

describe('levels', () => {
  it('the loudest sine has -3.01 dBov, a square wave at the limit 0, silence -127', () => {
    assert.ok(Math.abs(levelDbov(sine(8000, 1000, 100, 32767)) + 3.01) < 0.01);
    assert.equal(levelDbov(new Int16Array(160).fill(-32768)), 0);
    assert.equal(levelDbov(silence(8000, 20)), SILENCE_DBOV);
    assert.ok(levelDbov(new Int16Array(160).fill(1)) > SILENCE_DBOV);
  });

  it('looks at as many samples as it is told', () => {
    const pcm = new Int16Array(320);
    pcm.fill(32767, 0, 160);
    assert.ok(levelDbov(pcm, 160) > -0.01);
    assert.ok(Math.abs(levelDbov(pcm) + 3.01) < 0.01);
  });

  it('puts 3.14 dBm0 at the loudest sine', () => {
    assert.ok(Math.abs(sinePeakOfDbm0(3.14) - 32767) < 1);
    assert.ok(Math.abs(levelDbov(sine(8000, 1000, 100, sinePeakOfDbm0(-10))) - (-10 - 6.15)) < 0.02);
  });
});
