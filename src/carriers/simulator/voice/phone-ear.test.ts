import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../../testkit/virtual-clock.ts';
import type { HeardWindow } from '../../../media/media-engine.ts';
import { HeardAudio, MOST_STRETCHES } from './heard-audio.ts';
import { PhoneEar } from './phone-ear.ts';

const SILENCE: HeardWindow = { levelDbov: -127, hz: undefined, toneShare: 0 };
const VOICE: HeardWindow = { levelDbov: -20, hz: 180, toneShare: 0.4 };
const tone = (hz: number): HeardWindow => ({ levelDbov: -16, hz, toneShare: 0.99 });
const times = (count: number, window: HeardWindow) => Array.from({ length: count }, () => window);

describe('what was heard', () => {
  it('is told in stretches of silence, tones and other sound', () => {
    const audio = new HeardAudio();
    const windows = [...times(3, SILENCE), ...times(2, tone(440)), tone(446), tone(480), ...times(4, VOICE)];
    for (const window of windows) audio.add(window);
    assert.deepEqual(
      audio.stretches().map(({ kind, fromMs, ms, hz, levelDbov }) => [kind, fromMs, ms, hz, levelDbov]),
      [
        ['silence', 0, 300, undefined, -127],
        ['tone', 300, 300, 442, -16],
        ['tone', 600, 100, 480, -16],
        ['sound', 700, 400, undefined, -20],
      ],
    );
  });

  it('is kept for ten minutes', () => {
    const audio = new HeardAudio();
    for (let count = 0; count < 6_000; count++) audio.add(tone(440));
    for (let count = 0; count < 100; count++) audio.add(VOICE);
    const [first, last] = audio.stretches();
    assert.deepEqual([first?.kind, first?.fromMs, first?.ms, last?.fromMs, last?.ms], ['tone', 10_000, 590_000, 600_000, 10_000]);
    for (let count = 0; count < 6_000; count++) audio.add(count % 2 === 0 ? VOICE : SILENCE);
    assert.equal(audio.stretches().length, MOST_STRETCHES);
  });
});

describe('an ear', () => {
  const start = () => {
    const clock = new VirtualClock();
    const ear = new PhoneEar(clock);
    const hear = (...windows: readonly HeardWindow[]) => {
      for (const window of windows) ear.take(window);
    };
    return { clock, ear, hear };
  };

  it('finds what has come already, and each thing once', async () => {
    const { clock, ear, hear } = start();
    hear(...times(5, tone(440)), ...times(5, SILENCE), ...times(2, tone(440)));
    assert.equal(await ear.hears({ tone: 442, ms: 300 }, 1_000), true);
    assert.equal(await ear.hears({ silenceMs: 500 }, 1_000), true);
    assert.equal(await ear.hears({ tone: 440 }, 1_000), true);
    const again = ear.hears({ tone: 440 }, 1_000);
    await clock.advance(1_000);
    assert.equal(await again, false);
    assert.equal(ear.hasHeard({ tone: 440, ms: 500 }), true);
    assert.equal(clock.pending, 0);
  });

  it('waits for what is still to come', async () => {
    const { clock, ear, hear } = start();
    const heard = ear.hears({ tone: 1000 }, 1_000);
    hear(tone(1000), VOICE, tone(1000), tone(1004));
    assert.equal(await heard, true);
    assert.equal(clock.pending, 0);
  });

  it('takes speech with its pauses, and no tones for speech', async () => {
    const { ear, hear } = start();
    hear(...times(2, VOICE), ...times(5, SILENCE), ...times(2, VOICE));
    assert.equal(ear.hasHeard({ speechMs: 400 }), true);
    assert.equal(ear.hasHeard({ speechMs: 500 }), false);
    hear(...times(6, SILENCE), ...times(3, VOICE), ...times(20, tone(700)));
    assert.equal(ear.hasHeard({ speechMs: 500 }), false);
  });

  it('finds digits one after the other', async () => {
    const { clock, ear } = start();
    for (const digit of '12341') ear.takeDigit(digit, 'rfc4733');
    assert.equal(await ear.hears({ digits: '23' }, 10), true);
    assert.equal(await ear.hears({ digits: '1' }, 10), true);
    const more = ear.hears({ digits: '#' }, 1_000);
    ear.takeDigit('#', 'info');
    assert.equal(await more, true);
    assert.equal(ear.hasHeard({ digits: '1234' }), true);
    assert.equal(clock.pending, 0);
  });

  it('hears nothing any more when the call is over, or who waited has given up', async () => {
    const { clock, ear, hear } = start();
    const signal = AbortSignal.abort();
    assert.equal(await ear.hears({ tone: 440 }, 1_000, signal), false);
    const waiting = ear.hears({ tone: 440 }, 1_000);
    ear.close();
    assert.equal(await waiting, false);
    assert.equal(await ear.hears({ tone: 440 }, 1_000), false);
    hear(...times(3, tone(440)));
    assert.equal(await ear.hears({ tone: 440 }, 1_000), true);
    assert.equal(clock.pending, 0);
  });
});
