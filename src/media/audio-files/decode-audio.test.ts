import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noise, sine, toneShare } from '../../../testkit/audio.ts';
import { AudioFileError, type AudioFileProblem } from './audio-file-error.ts';
import { decodeAudio } from './decode-audio.ts';
import { createMp3Writer } from './mp3-writer.ts';
import { WavWriter } from './wav-writer.ts';

const LIMITS = { maxBytes: 1_000_000, maxSeconds: 30 };

/** A WAV file of any rate: the header of the writer with another rate in it. */
function wav(pcm: Int16Array, rate: number): Uint8Array {
  const writer = new WavWriter(8000, 1);
  const file = Buffer.from(writer.append(pcm));
  file.set(writer.finish().head ?? []);
  file.writeUInt32LE(rate, 24);
  return file;
}

async function mp3(pcm: Int16Array): Promise<Uint8Array> {
  const writer = await createMp3Writer(8000, 1);
  return Buffer.concat([writer.append(pcm).slice(), writer.finish().tail]);
}

async function assertRefused(bytes: Uint8Array, problem: AudioFileProblem, message: RegExp, limits = LIMITS): Promise<void> {
  await assert.rejects(decodeAudio(bytes, limits), (error) => {
    assert.ok(error instanceof AudioFileError);
    assert.equal(error.problem, problem);
    assert.match(error.message, message);
    return true;
  });
}

describe('decoding audio files', () => {
  it('gives 8 kHz for files up to 8 kHz and 16 kHz for all others', async () => {
    for (const [rate, expected] of [
      [6000, 8000],
      [8000, 8000],
      [11_025, 16_000],
      [16_000, 16_000],
      [22_050, 16_000],
      [44_100, 16_000],
      [48_000, 16_000],
    ] as const) {
      const { sampleRate, pcm } = await decodeAudio(wav(sine(rate, 900, 1000), rate), LIMITS);
      assert.equal(sampleRate, expected);
      assert.ok(Math.abs(pcm.length - expected) <= 1, `${rate}: ${pcm.length}`);
      assert.ok(toneShare(pcm.subarray(800, -800), expected, 900) > 0.999, `${rate}`);
    }
  });

  it('tells WAV and MP3 apart by their content', async () => {
    assert.ok((await decodeAudio(await mp3(sine(8000, 700, 500)), LIMITS)).pcm.length > 3000);
    assert.equal((await decodeAudio(wav(sine(8000, 700, 500), 8000), LIMITS)).pcm.length, 4000);
  });

  it('says what is wrong with a file that is no audio', async () => {
    const of = (text: string) => Buffer.from(text.padEnd(500, ' .'), 'latin1');
    await assertRefused(new Uint8Array(0), 'empty', /empty/);
    await assertRefused(of('<!DOCTYPE html><html>Not found</html>'), 'not-audio', /web page/);
    await assertRefused(of('<?xml version="1.0"?><Error/>'), 'not-audio', /XML/);
    await assertRefused(of('{"error":"no such file"}'), 'not-audio', /JSON/);
    await assertRefused(of('OggS\0\u0002'), 'unsupported', /Ogg/);
    await assertRefused(of('fLaC'), 'unsupported', /FLAC/);
    await assertRefused(of('\0\0\0\u0020ftypM4A '), 'unsupported', /MP4/);
    await assertRefused(of('just text'), 'not-audio', /neither WAV nor MP3/);
    await assertRefused(new Uint8Array(1), 'not-audio', /neither/);
    await assertRefused(
      Uint8Array.from(noise(8000, 1000, 60), (sample) => sample & 0x7f),
      'not-audio',
      /neither/,
    );
  });

  it('refuses what is too long before it decodes it', async () => {
    const long = wav(new Int16Array(16_000), 8000);
    await assertRefused(long, 'too-long', /2 seconds, at most 1/, { maxBytes: 1_000_000, maxSeconds: 1 });
    await assertRefused(long, 'too-long', /bytes, at most 1000/, { maxBytes: 1000, maxSeconds: 100 });
    await assertRefused(await mp3(new Int16Array(16_000)), 'too-long', /at most 1/, { maxBytes: 1_000_000, maxSeconds: 1 });
  });

  it('gives PCM or an AudioFileError for any damaged WAV file', async () => {
    await assertOnlyAudioFileErrors(wav(sine(8000, 700, 40), 8000), 400, 60);
  });

  it('gives PCM or an AudioFileError for any damaged MP3 file', async () => {
    await assertOnlyAudioFileErrors(await mp3(sine(8000, 700, 1500)), 250, 6000);
  });

  it('gives an AudioFileError for nearly any bytes, and nothing else ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), (bytes) => survives(bytes)),
      { numRuns: 200, seed: 20261121 },
    );
  });
});

/** Octets replaced in the first `reach` ones, pieces cut out, the end cut off. */
async function assertOnlyAudioFileErrors(file: Uint8Array, numRuns: number, reach: number): Promise<void> {
  const place = fc.nat({ max: Math.min(reach, file.length) - 1 });
  const changes = fc.array(fc.tuple(place, fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff))), {
    maxLength: 12,
  });
  const cut = fc.option(fc.tuple(place, fc.nat({ max: 300 })), { nil: undefined });
  const end = fc.oneof(
    { weight: 3, arbitrary: fc.constant(file.length) },
    { weight: 1, arbitrary: fc.nat({ max: file.length }) },
  );
  await fc.assert(
    fc.asyncProperty(changes, cut, end, async (replaced, removed, length) => {
      const damaged = Buffer.from(file);
      for (const [at, octet] of replaced) damaged[at] = octet;
      const whole = damaged.subarray(0, length);
      const [at, count] = removed ?? [0, 0];
      await survives(Buffer.concat([whole.subarray(0, at), whole.subarray(at + count)]));
    }),
    { numRuns, seed: 20261121 },
  );
}

async function survives(bytes: Uint8Array): Promise<void> {
  try {
    const { pcm, sampleRate } = await decodeAudio(bytes, LIMITS);
    assert.ok(pcm.length > 0 && pcm.length <= LIMITS.maxSeconds * sampleRate + sampleRate);
  } catch (error) {
    if (!(error instanceof AudioFileError)) throw error;
    assert.ok(error.message.length > 10);
  }
}
