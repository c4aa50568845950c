import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, mix, rms, seededRandom, sine, snrDb, speechLike } from '../../../testkit/audio.ts';
import { LossConcealment } from './loss-concealment.ts';

const RATES = [8000, 16000] as const;
type Rate = (typeof RATES)[number];

/** What is heard of a signal when the frames of the given numbers are lost, with and without concealment. */
function heardWithout(rate: Rate, signal: Int16Array, isLost: (frame: number) => boolean) {
  const concealment = new LossConcealment(rate);
  const concealed = new Int16Array(signal.length);
  const gaps = signal.slice();
  for (const [index, frame] of frames(signal, rate / 50).entries()) {
    const at = index * frame.length;
    if (isLost(index)) {
      concealment.conceal(frame, frame.length);
      gaps.fill(0, at, at + frame.length);
    } else concealment.receive(frame, frame.length);
    concealed.set(frame.subarray(0, signal.length - at), at);
  }
  return { concealed, gaps };
}

const voice = (rate: Rate, ms: number): Int16Array =>
  mix(sine(rate, 120, ms, 5000), sine(rate, 240, ms, 3000), sine(rate, 720, ms, 2000));

/** Frames to lose: one in twenty. */
function lossesOf(seed: number): (frame: number) => boolean {
  const random = seededRandom(seed + 50);
  const lost = new Set(Array.from({ length: 300 }, (_, frame) => frame).filter((frame) => random() < 0.05 && frame > 5));
  return (frame) => lost.has(frame);
}

/** Largest step from sample to sample. */
function steepest(signal: Int16Array): number {
  let most = 0;
  for (let at = 1; at < signal.length; at++) most = Math.max(most, Math.abs((signal[at] ?? 0) - (signal[at - 1] ?? 0)));
  return most;
}

describe('loss concealment', () => {
  for (const rate of RATES) {
    it(`continues a voiced sound at ${rate} Hz over a lost frame`, () => {
      const signal = voice(rate, 400);
      const { concealed } = heardWithout(rate, signal, (frame) => frame === 10);
      const [from, to] = [rate / 5, rate / 5 + rate / 100];
      assert.ok(snrDb(signal.subarray(from, to), concealed.subarray(from, to)) > 15, 'the first 10 ms are right');
      assert.ok(steepest(concealed) < 1.3 * steepest(signal), 'no click');
    });

    it(`at ${rate} Hz with 5 % of the frames lost, is 10 dB nearer to a voiced sound than silence is`, () => {
      const signal = voice(rate, 6000);
      const { concealed, gaps } = heardWithout(rate, signal, lossesOf(5));
      const better = snrDb(signal, concealed) - snrDb(signal, gaps);
      assert.ok(better > 10, `${better.toFixed(1)} dB`);
    });

    it(`at ${rate} Hz with 5 % of the frames lost, keeps the energy of something like speech frame by frame`, () => {
      const off: number[] = [];
      for (let seed = 1; seed <= 6; seed++) {
        const isLost = lossesOf(seed);
        const signal = speechLike(rate, 6000, seed);
        const { concealed } = heardWithout(rate, signal, isLost);
        assert.ok(Math.abs(20 * Math.log10(rms(concealed) / rms(signal))) < 0.5);
        const samples = rate / 50;
        for (let frame = 0; frame < 300; frame++) {
          const level = (pcm: Int16Array) => rms(pcm.subarray(frame * samples, (frame + 1) * samples));
          if (isLost(frame) && level(signal) > 200) off.push(Math.abs(20 * Math.log10((level(concealed) + 1) / level(signal))));
        }
      }
      const median = off.sort((a, b) => a - b)[off.length >> 1] ?? 99;
      assert.ok(median < 2.5, `half of the frames within ${median.toFixed(1)} dB`);
    });

    it(`fades a long gap at ${rate} Hz out: full at first, less after 10 ms, silent at 60 ms`, () => {
      const signal = voice(rate, 600);
      const { concealed } = heardWithout(rate, signal, (frame) => frame >= 10 && frame < 20);
      const at = (ms: number) => rms(concealed.subarray((rate * ms) / 1000, (rate * (ms + 10)) / 1000));
      const full = at(180);
      assert.ok(Math.abs(at(200) / full - 1) < 0.25);
      assert.ok(at(230) < 0.75 * full && at(230) > 0.35 * full);
      assert.ok(at(250) < 0.35 * full && at(250) > 0);
      assert.equal(at(260), 0);
      assert.equal(at(390), 0);
      assert.ok(at(420) > 0.9 * full);
      assert.ok(steepest(concealed) < 1.5 * steepest(signal), 'comes back without a click');
    });
  }

  it('makes nothing out of silence, nor before anything was received', () => {
    const concealment = new LossConcealment(8000);
    const frame = new Int16Array(160).fill(99);
    concealment.conceal(frame, 160);
    assert.equal(rms(frame), 0);
  });

  it('does not leave the range with the loudest signal', () => {
    const square = new Int16Array(3200).map((_, at) => (Math.floor(at / 37) % 2 === 0 ? 32767 : -32768));
    const { concealed } = heardWithout(8000, square, (frame) => frame % 3 === 1);
    assert.ok(rms(concealed) < 32768);
  });

  it('works with frames of 10 and 60 ms', () => {
    for (const ms of [10, 60]) {
      const concealment = new LossConcealment(8000);
      const signal = voice(8000, 300);
      const frame = signal.slice(0, ms * 8);
      for (let at = 0; at + ms * 8 <= 2400; at += ms * 8) concealment.receive(signal.slice(at, at + ms * 8), ms * 8);
      concealment.conceal(frame, frame.length);
      assert.ok(rms(frame) > 1000);
    }
  });
});
