import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join, rms, sine, snrDb, toneShare } from '../../../testkit/audio.ts';
import { encodeAlaw, encodeMulaw } from '../codecs/g711.ts';
import { AudioFileError, type AudioFileProblem } from './audio-file-error.ts';
import { openWav } from './wav-reader.ts';
import { WAV_HEADER_BYTES, WavWriter } from './wav-writer.ts';

interface Shape {
  readonly tag?: number;
  readonly bits?: number;
  readonly rate?: number;
  readonly channels?: number;
  readonly extensible?: boolean;
  readonly riff?: string;
  /** Size that the data chunk claims. */
  readonly claim?: number;
  /** Chunks between format and data, whole. */
  readonly between?: Uint8Array;
}

const text = (value: string) => new TextEncoder().encode(value);

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function chunk(name: string, body: Uint8Array, claim = body.length): Uint8Array {
  return Buffer.concat([text(name), u32(claim), body, new Uint8Array(body.length & 1)]);
}

function format({ tag = 1, bits = 16, rate = 8000, channels = 1, extensible = false }: Shape): Uint8Array {
  const bytes = new Uint8Array(extensible ? 40 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, extensible ? 0xfffe : tag, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint32(8, (rate * channels * bits) / 8, true);
  view.setUint16(12, (channels * bits) / 8, true);
  view.setUint16(14, bits, true);
  if (extensible) {
    view.setUint16(16, 22, true);
    view.setUint16(24, tag, true);
    bytes.set([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 26);
  }
  return bytes;
}

function wav(data: Uint8Array, shape: Shape = {}): Uint8Array {
  const body = Buffer.concat([
    chunk('fmt ', format(shape)),
    shape.between ?? new Uint8Array(0),
    chunk('data', data, shape.claim),
  ]);
  return Buffer.concat([text(shape.riff ?? 'RIFF'), u32(body.length + 4), text('WAVE'), body]);
}

/** The samples of a file, all of them. */
function samples(bytes: Uint8Array): Int16Array {
  const file = openWav(bytes);
  const out = new Int16Array(file.length);
  assert.equal(file.read(0, out), file.length);
  return out;
}

function assertRefused(bytes: Uint8Array, problem: AudioFileProblem, message: RegExp): void {
  assert.throws(
    () => openWav(bytes),
    (error) => error instanceof AudioFileError && error.problem === problem && message.test(error.message),
  );
}

const tone = sine(8000, 700, 100, 12000);

/** The tone as the octets of a sample each. */
function packed(sampleBytes: number, put: (view: DataView, at: number, sample: number) => void): Uint8Array {
  const bytes = new Uint8Array(tone.length * sampleBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of tone.entries()) put(view, index * sampleBytes, sample);
  return bytes;
}

const pcm16 = packed(2, (view, at, sample) => view.setInt16(at, sample, true));

function companded(encode: typeof encodeMulaw): Uint8Array {
  const octets = new Uint8Array(tone.length);
  encode(tone, octets, 0);
  return octets;
}

const ENCODINGS: readonly [string, Shape, Uint8Array, number][] = [
  ['8-bit PCM', { bits: 8 }, packed(1, (view, at, sample) => view.setUint8(at, (sample >> 8) + 128)), 35],
  ['16-bit PCM', { bits: 16 }, pcm16, 90],
  [
    '24-bit PCM',
    { bits: 24 },
    packed(3, (view, at, sample) => {
      view.setUint8(at, 0);
      view.setInt16(at + 1, sample, true);
    }),
    90,
  ],
  ['32-bit PCM', { bits: 32 }, packed(4, (view, at, sample) => view.setInt32(at, sample * 65_536, true)), 90],
  ['32-bit float', { tag: 3, bits: 32 }, packed(4, (view, at, sample) => view.setFloat32(at, sample / 32_767, true)), 80],
  ['64-bit float', { tag: 3, bits: 64 }, packed(8, (view, at, sample) => view.setFloat64(at, sample / 32_767, true)), 80],
  ['mu-law', { tag: 7, bits: 8 }, companded(encodeMulaw), 35],
  ['A-law', { tag: 6, bits: 8 }, companded(encodeAlaw), 35],
];

describe('WAV reader', () => {
  for (const [name, shape, data, least] of ENCODINGS) {
    it(`reads ${name}, plain and extensible`, () => {
      assert.ok(snrDb(tone, samples(wav(data, shape))) > least);
      assert.ok(snrDb(tone, samples(wav(data, { ...shape, extensible: true }))) > least);
    });
  }

  it('averages channels', () => {
    const stereo = new Int16Array(tone.length * 3);
    for (const [index, sample] of tone.entries()) stereo.set([sample, sample / 2, 0], index * 3);
    const read = samples(wav(new Uint8Array(stereo.buffer), { channels: 3 }));
    assert.equal(read.length, tone.length);
    assert.ok(Math.abs(rms(read) / rms(tone) - 0.5) < 0.01);
  });

  it('passes over other chunks, of odd size too', () => {
    const between = Buffer.concat([chunk('LIST', new Uint8Array(27)), chunk('fact', new Uint8Array(4))]);
    assert.deepEqual(samples(wav(pcm16, { between })), tone);
  });

  it('does not believe a data size of 0, of the maximum, or above what is there', () => {
    for (const claim of [0, 0xffffffff, pcm16.length + 1000]) assert.deepEqual(samples(wav(pcm16, { claim })), tone);
  });

  it('stops at the end of the data chunk', () => {
    assert.equal(samples(Buffer.concat([wav(pcm16), chunk('LIST', new Uint8Array(100))])).length, tone.length);
  });

  it('takes floats out of range and not-a-number', () => {
    const data = new Uint8Array(new Float32Array([2, -2, Number.NaN, Number.POSITIVE_INFINITY]).buffer);
    assert.deepEqual([...samples(wav(data, { tag: 3, bits: 32 }))], [32767, -32768, 0, 32767]);
  });

  it('reads from any place', () => {
    const out = new Int16Array(100);
    const file = openWav(wav(pcm16));
    assert.equal(file.read(tone.length - 30, out), 30);
    assert.deepEqual(out.subarray(0, 30), tone.subarray(-30));
    assert.equal(file.read(tone.length + 5, out), 0);
  });

  it('refuses in words what it cannot read', () => {
    assertRefused(wav(pcm16, { riff: 'RF64' }), 'unsupported', /RF64/);
    assertRefused(wav(pcm16, { riff: 'RIFX' }), 'unsupported', /big-endian/);
    assertRefused(wav(pcm16, { tag: 2, bits: 4 }), 'unsupported', /Microsoft ADPCM/);
    assertRefused(wav(pcm16, { tag: 49 }), 'unsupported', /GSM/);
    assertRefused(wav(pcm16, { bits: 12 }), 'unsupported', /12 bits/);
    assertRefused(wav(new Uint8Array(0)), 'empty', /no audio/);
    assertRefused(wav(pcm16, { channels: 0 }), 'broken', /0 channels/);
    assertRefused(wav(pcm16, { rate: 7 }), 'broken', /7 Hz/);
    assertRefused(wav(pcm16).subarray(0, 30), 'broken', /cut off/);
    assertRefused(wav(pcm16).subarray(0, 36), 'broken', /no audio data/);
    assertRefused(Buffer.concat([wav(pcm16).subarray(0, 12), chunk('data', pcm16)]), 'broken', /before its format/);
  });
});

describe('WAV writer', () => {
  /** The file as it lies on the disk afterwards; without `finish` as it lies there after a crash. */
  function written(
    writer: WavWriter,
    pieces: readonly (readonly [Int16Array, Int16Array?])[],
    { finish = true } = {},
  ): Uint8Array {
    const bytes = Buffer.concat(pieces.map(([left, right]) => writer.append(left, right).slice()));
    if (!finish) return bytes;
    const { head, tail } = writer.finish();
    const file = Buffer.concat([bytes, tail]);
    if (head !== undefined) file.set(head);
    return file;
  }

  it('writes what the reader reads', () => {
    const file = written(new WavWriter(8000, 1), [[tone.subarray(0, 160)], [tone.subarray(160)]]);
    assert.deepEqual(samples(file), tone);
    assert.equal(file.length, WAV_HEADER_BYTES + 2 * tone.length);
    assert.equal(Buffer.from(file).readUInt32LE(4), file.length - 8);
    assert.equal(Buffer.from(file).readUInt32LE(40), 2 * tone.length);
  });

  it('writes two channels, the second silent where it is missing', () => {
    const other = sine(16000, 1500, 100, 9000);
    const file = written(new WavWriter(16000, 2), [[other, other], [other]]);
    const { channels, length, sampleRate } = openWav(file);
    assert.deepEqual([channels, length, sampleRate], [2, 2 * other.length, 16000]);
    const right = Int16Array.from({ length }, (_, at) => Buffer.from(file).readInt16LE(WAV_HEADER_BYTES + 4 * at + 2));
    assert.deepEqual(right.subarray(0, other.length), other);
    assert.equal(rms(right.subarray(other.length)), 0);
    const left = Int16Array.from({ length }, (_, at) => Buffer.from(file).readInt16LE(WAV_HEADER_BYTES + 4 * at));
    assert.deepEqual(left, join(other, other));
  });

  it('leaves a file that can be played when it is never finished', () => {
    const file = written(new WavWriter(8000, 1), [[tone]], { finish: false });
    assert.ok(toneShare(samples(file), 8000, 700) > 0.99);
  });

  it('writes a header when nothing was recorded', () => {
    const file = written(new WavWriter(8000, 1), []);
    assert.equal(file.length, WAV_HEADER_BYTES);
    assert.equal(Buffer.from(file).readUInt32LE(40), 0);
  });

  it('keeps no more than the last piece', () => {
    const writer = new WavWriter(8000, 1);
    const frame = tone.subarray(0, 160);
    writer.append(frame);
    const buffers = new Set(Array.from({ length: 1000 }, () => writer.append(frame).buffer));
    assert.equal(buffers.size, 1);
  });
});
