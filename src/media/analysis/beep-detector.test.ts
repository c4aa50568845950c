import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callProgressSource, frames, join, mix, noise, scaled, silence, sine, speechLike } from '../../../testkit/audio.ts';
import { decodeMulaw, encodeMulaw } from '../codecs/g711.ts';
import { dialSteps, dtmfSource } from '../dtmf/generator.ts';
import { BeepDetector, type BeepOptions, type BeepState } from './beep-detector.ts';

const RATES = [8000, 16000] as const;
type Rate = (typeof RATES)[number];

/** Milliseconds after which the beep is heard; undefined when it is not. */
function heardAfter(rate: Rate, pcm: Int16Array, options: BeepOptions = {}): number | undefined {
  const detector = new BeepDetector(rate, options);
  const index = frames(pcm, rate / 50).findIndex((frame) => detector.process(frame));
  return index === -1 ? undefined : (index + 1) * 20;
}

describe('beep detector', () => {
  for (const rate of RATES) {
    it(`hears a beep of 350 to 2500 Hz after speech and 500 ms of silence, at ${rate} Hz`, () => {
      const greeting = speechLike(rate, 4000, 6);
      for (const hz of [360, 440, 850, 1000, 1400, 2000, 2480]) {
        const beep = sine(rate, hz, 300, 6000);
        const heard = heardAfter(rate, join(greeting, silence(rate, 300), beep, silence(rate, 1000)));
        assert.ok(heard !== undefined && heard >= 5080 && heard <= 5140, `${hz} Hz: ${heard}`);
      }
    });

    it(`hears no beep in speech with pauses, nor in noise, at ${rate} Hz`, () => {
      for (let seed = 1; seed <= 8; seed++) {
        const speech = speechLike(rate, 3000, seed);
        assert.equal(heardAfter(rate, join(speech, silence(rate, 900), speech, silence(rate, 900))), undefined, `seed ${seed}`);
      }
      assert.equal(heardAfter(rate, join(noise(rate, 2000, 3000), silence(rate, 1000))), undefined);
    });

    it(`does not take keys, ring-back or busy tones for a beep, at ${rate} Hz`, () => {
      const keys = new Int16Array(rate * 3);
      dtmfSource(rate, dialSteps('159#') ?? []).read(keys);
      assert.equal(heardAfter(rate, keys), undefined);
      for (const name of ['ringback', 'busy'] as const) {
        const pcm = new Int16Array(rate * 5);
        callProgressSource(rate, name).read(pcm);
        assert.equal(heardAfter(rate, pcm), undefined, name);
      }
    });
  }

  it('hears it through mu-law and noise 16 dB below it', () => {
    const dirty = mix(join(sine(8000, 1000, 400, 6000), silence(8000, 1000)), noise(8000, 400, 660));
    const octets = new Uint8Array(dirty.length);
    encodeMulaw(dirty, octets, 0);
    const heard = new Int16Array(dirty.length);
    decodeMulaw(octets, 0, octets.length, heard);
    const detector = new BeepDetector(8000);
    assert.equal(detector.process(heard), true);
    assert.ok(Math.abs(detector.frequency - 1000) < 30);
    assert.ok(Math.abs(detector.durationMs - 400) <= 30);
  });

  it('minds the shortest duration, the break within, the silence after and the threshold', () => {
    const beep = (ms: number, peak = 6000) => sine(8000, 1000, ms, peak);
    const quiet = silence(8000, 1000);
    assert.equal(heardAfter(8000, join(beep(80), quiet)), undefined);
    assert.equal(heardAfter(8000, join(beep(200), quiet), { duration: 300 }), undefined);
    assert.notEqual(heardAfter(8000, join(beep(320), quiet), { duration: 300 }), undefined);
    assert.notEqual(heardAfter(8000, join(beep(160), silence(8000, 40), beep(160), quiet), { duration: 300 }), undefined);
    assert.equal(heardAfter(8000, join(beep(160), silence(8000, 120), beep(160), quiet), { duration: 300 }), undefined);
    assert.equal(heardAfter(8000, join(beep(300), quiet), { intraSilence: 200 }), 500);
    assert.equal(heardAfter(8000, join(beep(300, 300), quiet)), undefined);
    assert.notEqual(heardAfter(8000, join(beep(300, 300), quiet), { threshold: 100 }), undefined);
  });

  it('does not take a tone for the beep when speech follows it', () => {
    const speech = scaled(speechLike(8000, 2000, 3), 0.8);
    assert.equal(heardAfter(8000, join(sine(8000, 1000, 300), silence(8000, 100), speech, silence(8000, 1000))), undefined);
  });

  it('walks the states of its table', () => {
    const detector = new BeepDetector(8000);
    const states: BeepState[] = [detector.state];
    const other = noise(8000, 100, 5000);
    const pieces = [
      sine(8000, 900, 50),
      silence(8000, 80),
      sine(8000, 900, 200),
      other,
      sine(8000, 900, 50),
      other,
      sine(8000, 900, 150),
      silence(8000, 600),
      other,
    ];
    for (const frame of frames(join(...pieces), 80)) {
      detector.process(frame);
      if (detector.state !== states.at(-1)) states.push(detector.state);
    }
    assert.deepEqual(states, [
      'waiting',
      'tone',
      'waiting',
      'tone',
      'ready',
      'waiting',
      'tone',
      'waiting',
      'tone',
      'ready',
      'heard',
    ]);
  });
});
