import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  callProgressSource,
  frames,
  join,
  mix,
  noise,
  rms,
  seededRandom,
  silence,
  sine,
  speechLike,
} from '../../../testkit/audio.ts';
import { sinePeakOfDbm0 } from '../analysis/level.ts';
import { DtmfDetector } from './detector.ts';
import { DTMF_DIGITS, dtmfFrequencies } from './digits.ts';
import { dialSteps, dtmfSource } from './generator.ts';

const RATES = [8000, 16000] as const;
type Rate = (typeof RATES)[number];

interface Heard {
  readonly digit: string;
  readonly atMs: number;
  ms: number;
}

function heardIn(rate: Rate, pcm: Int16Array, frameSamples = rate / 50): readonly Heard[] {
  const heard: Heard[] = [];
  const detector = new DtmfDetector(rate, {
    onStart: (digit, atMs) => heard.push({ digit, atMs, ms: 0 }),
    onEnd: (digit, ms) => {
      const last = heard.at(-1);
      assert.equal(last?.digit, digit);
      if (last !== undefined) last.ms = ms;
    },
  });
  for (const frame of frames(pcm, frameSamples)) detector.process(frame);
  return heard;
}

const digitsIn = (rate: Rate, pcm: Int16Array): string =>
  heardIn(rate, pcm)
    .map(({ digit }) => digit)
    .join('');

interface DigitShape {
  readonly ms?: number;
  readonly rowDbm0?: number;
  readonly columnDbm0?: number;
  /** Share by which both frequencies are off. */
  readonly deviation?: number;
  readonly seed?: number;
}

function tone(rate: Rate, digit: string, shape: DigitShape = {}): Int16Array {
  const { ms = 50, rowDbm0 = -10, columnDbm0 = -8, deviation = 0, seed = 1 } = shape;
  const [row = 0, column = 0] = dtmfFrequencies(digit) ?? [];
  const random = seededRandom(seed);
  return mix(
    sine(rate, row * (1 + deviation), ms, sinePeakOfDbm0(rowDbm0), 6 * random()),
    sine(rate, column * (1 + deviation), ms, sinePeakOfDbm0(columnDbm0), 6 * random()),
  );
}

/** The digits that are heard when each is sent once, at both rates and at several places against the windows of the detector. */
function assertHeard(shape: DigitShape, times: 0 | 1, label: string): void {
  for (const rate of RATES) {
    for (const [index, digit] of [...DTMF_DIGITS].entries()) {
      const lead = silence(rate, 30 + ((index * 1.7) % 6.4));
      const heard = digitsIn(rate, join(lead, tone(rate, digit, { ...shape, seed: index + 1 }), silence(rate, 80)));
      assert.equal(heard, digit.repeat(times), `${label}, digit ${digit} at ${rate} Hz`);
    }
  }
}

/** Notes of a piano in chords of three, each with eight harmonics, decaying. */
function music(rate: Rate, seconds: number, seed: number): Int16Array {
  const random = seededRandom(seed);
  const pcm = new Float64Array(rate * seconds);
  const length = rate * 0.3;
  for (let start = 0; start + length <= pcm.length; start += length) {
    for (let note = 0; note < 3; note++) {
      const hz = 110 * 2 ** (Math.floor(random() * 40) / 12);
      for (let harmonic = 1; harmonic <= 8 && harmonic * hz < rate / 2; harmonic++) {
        const step = (2 * Math.PI * hz * harmonic) / rate;
        const level = 4000 / (harmonic * harmonic);
        for (let at = 0; at < length; at++) {
          pcm[start + at] = (pcm[start + at] ?? 0) + level * Math.sin(step * at) * Math.exp((-3 * at) / length);
        }
      }
    }
  }
  return Int16Array.from(pcm);
}

describe('in-band DTMF detector', () => {
  it('hears every digit of 40 ms at levels from 0 to -30 dBm0 a sine', () => {
    for (const dbm0 of [-3, -10, -20, -30]) assertHeard({ ms: 40, rowDbm0: dbm0, columnDbm0: dbm0 }, 1, `${dbm0} dBm0`);
  });

  it('does not hear a digit of 20 ms, nor one at -40 dBm0', () => {
    assertHeard({ ms: 20 }, 0, '20 ms');
    assertHeard({ rowDbm0: -40, columnDbm0: -40 }, 0, '-40 dBm0');
  });

  it('takes columns 6 dB above and 9 dB below the row, and not 11 above or 16 below', () => {
    for (const [columnDbm0, times] of [
      [-8, 1],
      [-23, 1],
      [-3, 0],
      [-30, 0],
    ] as const) {
      assertHeard({ rowDbm0: -14, columnDbm0 }, times, `twist ${columnDbm0 + 14} dB`);
    }
  });

  it('takes frequencies 1.5 % off and refuses them 3.5 % off', () => {
    for (const deviation of [-0.015, 0.015]) assertHeard({ ms: 40, deviation }, 1, `${deviation}`);
    for (const deviation of [-0.035, 0.035]) assertHeard({ ms: 200, deviation }, 0, `${deviation}`);
  });

  it('hears digits in noise 12 dB below them', () => {
    for (const rate of RATES) {
      for (const [index, digit] of [...DTMF_DIGITS].entries()) {
        const clean = join(silence(rate, 50), tone(rate, digit, { seed: index + 1 }), silence(rate, 100));
        const level = rms(tone(rate, digit)) * 10 ** (-12 / 20);
        assert.equal(digitsIn(rate, mix(clean, noise(rate, 200, level, index + 1))), digit);
      }
    }
  });

  it('takes two of the same digit 40 ms apart for two, and one with a break of 10 ms for one', () => {
    for (const rate of RATES) {
      for (const digit of DTMF_DIGITS) {
        const burst = tone(rate, digit, { ms: 60 });
        assert.equal(digitsIn(rate, join(burst, silence(rate, 40), burst, silence(rate, 60))), digit + digit);
        assert.equal(digitsIn(rate, join(burst, silence(rate, 10), burst, silence(rate, 60))), digit);
      }
    }
  });

  it('tells when a digit began and how long it lasted, to 20 ms', () => {
    for (const rate of RATES) {
      const [heard, ...more] = heardIn(rate, join(silence(rate, 500), tone(rate, '7', { ms: 300 }), silence(rate, 100)));
      assert.deepEqual(more, []);
      assert.ok(heard !== undefined && Math.abs(heard.atMs - 500) <= 20 && Math.abs(heard.ms - 300) <= 20, JSON.stringify(heard));
    }
  });

  it('hears one digit follow another without a pause', () => {
    assert.equal(digitsIn(8000, join(tone(8000, '1', { ms: 80 }), tone(8000, '9', { ms: 80 }), silence(8000, 60))), '19');
  });

  it('hears what the generator dials, in frames of any size', () => {
    const steps = dialSteps('0123456789*#ABCDw11', { toneMs: 60, gapMs: 50 });
    assert.ok(steps !== undefined);
    const pcm = new Int16Array(8000 * 4);
    dtmfSource(8000, steps).read(pcm);
    for (const size of [1, 51, 80, 160, 1000]) {
      assert.equal(
        heardIn(8000, pcm, size)
          .map(({ digit }) => digit)
          .join(''),
        '0123456789*#ABCD11',
      );
    }
  });

  it('names the digit while it sounds', () => {
    const detector = new DtmfDetector(8000, { onStart: () => {}, onEnd: () => {} });
    detector.process(tone(8000, '5', { ms: 100 }));
    assert.equal(detector.sounding, '5');
    detector.process(silence(8000, 100));
    assert.equal(detector.sounding, undefined);
  });

  it('hears no digit in five minutes of something like speech', () => {
    for (let seed = 1; seed <= 15; seed++) {
      for (const rate of RATES) assert.equal(digitsIn(rate, speechLike(rate, 10_000, seed)), '', `seed ${seed}`);
    }
  });

  it('hears no digit in music, noise, single tones or call progress tones', () => {
    for (const rate of RATES) {
      for (let seed = 1; seed <= 4; seed++) assert.equal(digitsIn(rate, music(rate, 10, seed)), '');
      assert.equal(digitsIn(rate, noise(rate, 10_000, 5000)), '');
      for (let hz = 300; hz < 3400; hz += 37) assert.equal(digitsIn(rate, sine(rate, hz, 100, 12000)), '', `${hz} Hz`);
      for (const name of ['ringback', 'busy', 'faxCalling', 'recordBeep'] as const) {
        const pcm = new Int16Array(rate);
        callProgressSource(rate, name).read(pcm);
        assert.equal(digitsIn(rate, pcm), '', name);
      }
    }
  });

  it('hears a digit over a quiet voice', () => {
    const voice = speechLike(8000, 1000, 8);
    const quiet = voice.map((sample) => sample / 30);
    assert.equal(digitsIn(8000, mix(quiet, join(silence(8000, 300), tone(8000, '3', { ms: 100 })))), '3');
  });
});
