/**
 * Cost of the signal processing of calls, in microseconds a 20 ms frame. Run: `npm run bench:dsp`. A core has 20,000 µs a frame:
 * a G.711 call that is received, checked for silence and keys, and sent takes some 20 of them here.
 */
import { setImmediate } from 'node:timers/promises';
import { BeepDetector } from '../src/media/analysis/beep-detector.ts';
import { levelDbov } from '../src/media/analysis/level.ts';
import { SilenceDetector } from '../src/media/analysis/silence-detector.ts';
import { createMp3Writer } from '../src/media/audio-files/mp3-writer.ts';
import { WavWriter } from '../src/media/audio-files/wav-writer.ts';
import { loadOpus } from '../src/media/codecs/opus.ts';
import { codecs, telephonyCodecs } from '../src/media/codecs/registry.ts';
import { DtmfDetector } from '../src/media/dtmf/detector.ts';
import { dialSteps, dtmfSource } from '../src/media/dtmf/generator.ts';
import { LossConcealment } from '../src/media/jitter/loss-concealment.ts';
import { Playout } from '../src/media/jitter/playout.ts';
import type { SampleRate } from '../src/media/pcm.ts';
import { Resampler } from '../src/media/resampling/resampler.ts';
import { callProgressSource, frames, speechLike } from '../testkit/audio.ts';

const ROUNDS = 20_000;
const speech: Readonly<Record<SampleRate, readonly Int16Array[]>> = {
  8000: frames(speechLike(8000, 10_000, 3), 160),
  16000: frames(speechLike(16000, 10_000, 3), 320),
};
const silent = new Int16Array(320);

function measure(name: string, task: (round: number) => unknown): void {
  for (let round = 0; round < ROUNDS / 4; round++) task(round);
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) task(round);
  console.log(`${name.padEnd(44)} ${(((performance.now() - start) * 1000) / ROUNDS).toFixed(2).padStart(8)} µs`);
}

const speechFrame = (rate: SampleRate, round: number): Int16Array => speech[rate][round % speech[rate].length] ?? silent;
const nothing = { onStart: () => {}, onEnd: () => {} };

await loadOpus();
for (const codec of codecs) {
  const encoder = codec.createEncoder();
  const decoder = codec.createDecoder();
  const buffer = new Uint8Array(codec.frameBytes);
  // What is made a moment later in WebAssembly is there after it.
  await setImmediate();
  const payload = buffer.subarray(0, encoder.encode(speechFrame(codec.sampleRate, 0), buffer, 0));
  const pcm = new Int16Array(codec.sampleRate / 50);
  measure(`${codec.name} encode`, (round) => encoder.encode(speechFrame(codec.sampleRate, round), buffer, 0));
  measure(`${codec.name} decode`, () => decoder.decode(payload, 0, payload.length, pcm));
}

const out = new Int16Array(640);
for (const [from, to] of [
  [8000, 16000],
  [16000, 8000],
] as const) {
  const resampler = new Resampler(from, to);
  measure(`resample ${from} to ${to}`, (round) => resampler.process(speechFrame(from, round), out));
}

for (const rate of [8000, 16000] as const) {
  const dtmf = new DtmfDetector(rate, nothing);
  measure(`DTMF detector, speech ${rate}`, (round) => dtmf.process(speechFrame(rate, round)));
  measure(`DTMF detector, silence ${rate}`, () => dtmf.process(silent));
  const silence = new SilenceDetector(rate);
  measure(`silence detector ${rate}`, (round) => silence.process(speechFrame(rate, round)));
  const beep = new BeepDetector(rate);
  measure(`beep detector ${rate}`, (round) => beep.process(speechFrame(rate, round)));
  measure(`level ${rate}`, (round) => levelDbov(speechFrame(rate, round)));
  const concealment = new LossConcealment(rate);
  const frame = new Int16Array(rate / 50);
  measure(`concealment, frame received ${rate}`, (round) => concealment.receive(speechFrame(rate, round), frame.length));
  measure(`concealment, frame lost after one received ${rate}`, (round) => {
    concealment.receive(speechFrame(rate, round), frame.length);
    concealment.conceal(frame, frame.length);
  });
}

const frame = new Int16Array(160);
for (const codec of telephonyCodecs) {
  const playout = new Playout(codec);
  const pcm = new Int16Array(codec.sampleRate / 50);
  measure(`playout ${codec.name}: receive and read`, (round) => {
    playout.receive(round & 0xffff, (round * 160) >>> 0, 1, codec.silence, 0, codec.silence.length, round * 20);
    playout.read(pcm);
  });
}
const ringback = callProgressSource(8000, 'ringback');
measure('ring-back tone 8000', () => ringback.read(frame));
let digits = dtmfSource(8000, []);
measure('DTMF generator 8000', (round) => {
  if (round % 500 === 0) digits = dtmfSource(8000, dialSteps('1', { toneMs: 10_000 }) ?? []);
  digits.read(frame);
});

const wav = new WavWriter(8000, 2);
measure('WAV writer, 2 channels 8000', (round) => wav.append(speechFrame(8000, round), speechFrame(8000, round + 7)));
for (const rate of [8000, 16000] as const) {
  for (const channels of [1, 2] as const) {
    const mp3 = await createMp3Writer(rate, channels);
    measure(`MP3 writer, ${channels} channel(s) ${rate}`, (round) =>
      mp3.append(speechFrame(rate, round), speechFrame(rate, round + 7)),
    );
  }
}
