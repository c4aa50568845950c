import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callProgressSource, rms, toneShare } from '../../../testkit/audio.ts';
import { levelDbov } from '../analysis/level.ts';
import { ToneSource } from './tone-source.ts';

function read(source: ToneSource, samples: number, frame = 160): Int16Array {
  const pcm = new Int16Array(samples);
  for (let at = 0; at < samples; at += frame) source.read(pcm.subarray(at, at + frame));
  return pcm;
}

describe('tones', () => {
  it('a sine has its frequency, its level, and no end', () => {
    for (const rate of [8000, 16000] as const) {
      const pcm = read(
        new ToneSource(rate, [{ sines: [{ hz: 1004, dbm0: 0 }], ms: Number.POSITIVE_INFINITY }]),
        rate * 20,
        rate / 50,
      );
      const last = pcm.subarray(rate * 19);
      assert.ok(toneShare(last, rate, 1004) > 0.9999);
      assert.ok(Math.abs(levelDbov(last) - -6.15) < 0.05, '0 dBm0 is -6.15 dBov');
    }
  });

  it('US ring-back: 440 and 480 Hz for 2 s, silence for 4 s, again', () => {
    const pcm = read(callProgressSource(8000, 'ringback'), 8000 * 8);
    for (const second of [0, 1, 6, 7]) {
      const part = pcm.subarray(second * 8000, (second + 1) * 8000);
      assert.ok(Math.abs(toneShare(part, 8000, 440) - 0.5) < 0.02);
      assert.ok(Math.abs(toneShare(part, 8000, 480) - 0.5) < 0.02);
    }
    assert.equal(rms(pcm.subarray(2 * 8000, 6 * 8000)), 0);
  });

  it('busy is on for half a second and off for half a second', () => {
    const pcm = read(callProgressSource(8000, 'busy'), 8000 * 2);
    for (const half of [0, 2]) assert.ok(toneShare(pcm.subarray(half * 4000, half * 4000 + 4000), 8000, 620) > 0.45);
    for (const half of [1, 3]) assert.equal(rms(pcm.subarray(half * 4000, half * 4000 + 4000)), 0);
  });

  it('fax: CNG 1100 Hz for 0.5 s every 3.5 s; CED 2100 Hz once', () => {
    const calling = read(callProgressSource(8000, 'faxCalling'), 8000 * 4);
    assert.ok(toneShare(calling.subarray(0, 4000), 8000, 1100) > 0.98);
    assert.equal(rms(calling.subarray(4000, 28000)), 0);
    assert.ok(toneShare(calling.subarray(28000, 32000), 8000, 1100) > 0.98);
    const answer = callProgressSource(8000, 'faxAnswer');
    assert.ok(toneShare(read(answer, 8000 * 3), 8000, 2100) > 0.99);
    read(answer, 2400);
    assert.equal(answer.read(new Int16Array(160)), 0);
  });

  it('the beep of a recording is 1000 Hz and ends after 0.4 s', () => {
    const source = callProgressSource(16000, 'recordBeep');
    const pcm = new Int16Array(16000);
    assert.equal(source.read(pcm), 6400);
    assert.ok(toneShare(pcm.subarray(0, 6400), 16000, 1000) > 0.98);
    assert.equal(source.read(pcm), 0);
  });

  it('is the same in frames of any size, and clips where sines add up too high', () => {
    const segments = [
      {
        sines: [
          { hz: 700, dbm0: 3 },
          { hz: 900, dbm0: 3 },
        ],
        ms: 33.3,
      },
      { sines: [], ms: 0 },
      { sines: [], ms: 5 },
    ];
    const whole = read(new ToneSource(8000, segments, { repeat: true }), 8000, 8000);
    assert.deepEqual(read(new ToneSource(8000, segments, { repeat: true }), 8000, 7), whole);
    assert.equal(Math.max(...whole), 32767);
  });

  it('of nothing is the end at once, also when repeated', () => {
    const frame = new Int16Array(160).fill(5);
    assert.equal(new ToneSource(8000, [], { repeat: true }).read(frame), 0);
    assert.ok(frame.every((sample) => sample === 0));
  });
});
