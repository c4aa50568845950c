import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, mix, rms, sine, snrDbAtBestDelay, speechLike, toneShare } from '../../../testkit/audio.ts';
import type { SampleRate } from '../pcm.ts';
import { AudioFileError } from './audio-file-error.ts';
import type { ChannelCount } from './audio-file-writer.ts';
import { decodeAudio } from './decode-audio.ts';
import { scanMp3 } from './mp3-frames.ts';
import { createMp3Writer } from './mp3-writer.ts';

const LIMITS = { maxBytes: 10_000_000, maxSeconds: 600 };

async function mp3(rate: SampleRate, channels: ChannelCount, left: Int16Array, right?: Int16Array): Promise<Uint8Array> {
  const writer = await createMp3Writer(rate, channels);
  const samples = rate / 50;
  const others = right === undefined ? [] : frames(right, samples);
  const pieces = frames(left, samples).map((frame, index) => writer.append(frame, others[index]).slice());
  return Buffer.concat([...pieces, writer.finish().tail]);
}

describe('MP3', () => {
  for (const rate of [8000, 16000] as const) {
    it(`written at ${rate} Hz is read back: the tone, its level, its length`, async () => {
      const tone = mix(sine(rate, 600, 3000, 8000), sine(rate, 1500, 3000, 3000));
      const read = await decodeAudio(await mp3(rate, 1, tone), LIMITS);
      assert.equal(read.sampleRate, rate);
      assert.ok(Math.abs(read.pcm.length / rate - 3) < 0.25, `${read.pcm.length / rate} s`);
      const steady = read.pcm.subarray(rate / 2, rate * 2.5);
      assert.ok(toneShare(steady, rate, 600) + toneShare(steady, rate, 1500) > 0.98);
      assert.ok(Math.abs(20 * Math.log10(rms(steady) / rms(tone))) < 0.5);
    });

    it(`keeps something like speech at ${rate} Hz above 15 dB`, async () => {
      const speech = speechLike(rate, 2000, 11);
      const { pcm } = await decodeAudio(await mp3(rate, 1, speech), LIMITS);
      const snr = snrDbAtBestDelay(speech.subarray(0, rate * 1.8), pcm, 3000);
      assert.ok(snr > 15, `${snr.toFixed(1)} dB`);
    });

    it(`of two channels at ${rate} Hz holds both`, async () => {
      const file = await mp3(rate, 2, sine(rate, 500, 1000, 8000), sine(rate, 1200, 1000, 8000));
      const { pcm } = await decodeAudio(file, LIMITS);
      const steady = pcm.subarray(rate / 4, (rate * 3) / 4);
      assert.ok(toneShare(steady, rate, 500) > 0.45);
      assert.ok(toneShare(steady, rate, 1200) > 0.45);
      assert.ok(Math.abs(rms(steady) / (4000 / Math.SQRT2) / Math.SQRT2 - 1) < 0.1, 'averaged');
    });
  }

  it('has a constant bit rate: 4 KB a second of 8 kHz mono', async () => {
    const file = await mp3(8000, 1, speechLike(8000, 10_000, 3));
    assert.ok(Math.abs(file.length / 40_000 - 1) < 0.03, `${file.length}`);
  });

  it('is written while it is recorded: less than a quarter of a second is held back', async () => {
    const writer = await createMp3Writer(8000, 1);
    const second = sine(8000, 400, 1000);
    let size = 0;
    for (let count = 0; count < 20; count++) size += writer.append(second).length;
    assert.ok(size > 19.75 * 4000, `${size}`);
  });

  it('is found behind tags and rubbish, and tags after it are left out', async () => {
    const plain = await mp3(8000, 1, sine(8000, 800, 1000));
    const { frames: count } = scanMp3(plain);
    const id3 = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 0, ...new Uint8Array(128).fill(0xff));
    const trailer = Buffer.concat([Buffer.from('TAG'), new Uint8Array(125)]);
    const rubbish = new Uint8Array(3000).fill(0x55);
    for (const file of [Buffer.concat([id3, plain]), Buffer.concat([plain, trailer]), Buffer.concat([rubbish, plain, rubbish])]) {
      assert.equal(scanMp3(file).frames, count);
      assert.ok(toneShare((await decodeAudio(file, LIMITS)).pcm.subarray(1000, 7000), 8000, 800) > 0.97);
    }
  });

  it('with a hole in the middle is played without it, cut off at the end up to there', async () => {
    const plain = await mp3(8000, 1, sine(8000, 800, 4000));
    const hole = Uint8Array.from(plain).fill(0, 6000, 7000);
    const holed = await decodeAudio(hole, LIMITS);
    assert.ok(holed.pcm.length > 8000 * 3.4);
    const cut = await decodeAudio(plain.subarray(0, plain.length / 2 + 17), LIMITS);
    assert.ok(Math.abs(cut.pcm.length / 16_000 - 1) < 0.15);
  });

  it('of a free bit rate or another layer is refused', () => {
    const free = new Uint8Array(2000);
    free.set([0xff, 0xfb, 0x00, 0x00]);
    assert.throws(
      () => scanMp3(free),
      (error) => error instanceof AudioFileError && error.problem === 'unsupported',
    );
    const layer2 = new Uint8Array(2000);
    layer2.set([0xff, 0xfd, 0x90, 0x00]);
    assert.throws(
      () => scanMp3(layer2),
      (error) => error instanceof AudioFileError && error.problem === 'not-audio',
    );
  });
});
