import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, rms, sine, snrDb, speechLike, toneShare } from '../../../testkit/audio.ts';
import { Resampler, resample } from './resampler.ts';

const FILE_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];

/** Ratio of the peak that went in to what came out, in dB; the ends are left out of account. */
function lossDb(input: Int16Array, output: Int16Array): number {
  return 20 * Math.log10(rms(input) / Math.max(1e-3, rms(output.subarray(output.length / 8, (output.length * 7) / 8))));
}

describe('resampling', () => {
  for (const from of FILE_RATES) {
    for (const to of [8000, 16000]) {
      if (from === to) continue;
      it(`${from} to ${to} Hz keeps tones up to 3400 Hz in frequency, level and place`, () => {
        for (const hz of [200, 1000, 3400]) {
          const output = resample(sine(from, hz, 400, 10000), from, to);
          const wanted = sine(to, hz, 400, 10000);
          assert.equal(output.length, wanted.length);
          const cut = to / 50;
          const snr = snrDb(wanted.subarray(cut, -cut), output.subarray(cut, -cut));
          assert.ok(snr > 50, `${hz} Hz: ${snr.toFixed(1)} dB`);
        }
      });

      if (from > to) {
        it(`${from} to ${to} Hz lets nothing above half the rate through: more than 50 dB down`, () => {
          for (const hz of [to / 2 + 50, to * 0.6, to * 0.75, from / 2 - 100]) {
            if (hz <= to / 2 || hz >= from / 2) continue;
            const input = sine(from, hz, 400, 20000);
            assert.ok(lossDb(input, resample(input, from, to)) > 50, `${hz} Hz: ${lossDb(input, resample(input, from, to))}`);
          }
        });
      } else {
        it(`${from} to ${to} Hz makes no image above half the lower rate: more than 50 dB down`, () => {
          const output = resample(sine(from, 3000, 400, 20000), from, to);
          assert.ok(1 - toneShare(output.subarray(320, 4320), to, 3000) < 1e-5);
        });
      }
    }
  }

  it('takes a rate that no small ratio reaches', () => {
    const output = resample(sine(44056, 1000, 1000, 10000), 44056, 16000);
    assert.equal(output.length, 16000);
    assert.ok(snrDb(sine(16000, 1000, 1000, 10000).subarray(320, -320), output.subarray(320, -320)) > 40);
  });

  it('gives a frame for a frame between 8 and 16 kHz, and the same stream as in one piece', () => {
    const speech = speechLike(8000, 1000, 2);
    const up = new Resampler(8000, 16000);
    const down = new Resampler(16000, 8000);
    const wide = new Int16Array(320);
    const narrow = new Int16Array(160);
    const heard = new Int16Array(speech.length);
    let at = 0;
    for (const frame of frames(speech, 160)) {
      assert.equal(up.process(frame, wide), 320);
      assert.equal(down.process(wide, narrow), 160);
      heard.set(narrow, at);
      at += 160;
    }
    const delay = up.delay / 2 + down.delay;
    assert.ok(delay < 80, 'both ways within 10 ms');
    const there = new Resampler(8000, 16000);
    const back = new Resampler(16000, 8000);
    const whole = new Int16Array(there.outputLimit(speech.length));
    const produced = there.process(speech, whole);
    const returned = new Int16Array(back.outputLimit(produced));
    const length = back.process(whole.subarray(0, produced), returned);
    assert.deepEqual(returned.subarray(0, length), heard);
  });

  it('is the same in pieces of one sample and of ten thousand', () => {
    const input = speechLike(44100, 200, 4);
    const resampler = new Resampler(44100, 8000);
    const output = new Int16Array(resampler.outputLimit(input.length));
    let written = 0;
    for (let at = 0; at < input.length; at++) written += resampler.process(input.subarray(at, at + 1), output, written);
    const other = new Resampler(44100, 8000);
    const whole = new Int16Array(other.outputLimit(input.length));
    assert.equal(other.process(input, whole), written);
    assert.deepEqual(whole, output);
  });

  it('holds at the limits when a full-scale square wave overshoots', () => {
    const square = new Int16Array(16000).map((_, at) => (Math.floor(at / 40) % 2 === 0 ? 32767 : -32768));
    const output = resample(square, 16000, 8000);
    for (let at = 200; at < 7800; at++) {
      const place = (2 * at) % 80;
      if (place > 10 && place < 30) assert.ok((output[at] ?? 0) > 20000);
    }
  });

  it('gives nothing for nothing', () => {
    assert.equal(resample(new Int16Array(0), 44100, 8000).length, 0);
    assert.equal(new Resampler(8000, 16000).process(new Int16Array(0), new Int16Array(0)), 0);
  });
});
