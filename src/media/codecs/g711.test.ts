import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sine, snrDb } from '../../../testkit/audio.ts';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw, pcma, pcmu } from './g711.ts';

const everyOctet = Uint8Array.from({ length: 256 }, (_, octet) => octet);

function encoded(encode: typeof encodeMulaw, ...samples: readonly number[]): readonly number[] {
  const out = new Uint8Array(samples.length);
  assert.equal(encode(Int16Array.from(samples), out, 0), samples.length);
  return [...out];
}

function decoded(decode: typeof decodeMulaw, octets: Uint8Array): Int16Array {
  const out = new Int16Array(octets.length);
  assert.equal(decode(octets, 0, octets.length, out), octets.length);
  return out;
}

describe('G.711 mu-law', () => {
  it('gives the octets of the ITU routine at zero, next to it and at the limits', () => {
    assert.deepEqual(encoded(encodeMulaw, 0, 3, 4, 32767, -1, -4, -5, -32768), [0xff, 0xff, 0xfe, 0x80, 0x7f, 0x7f, 0x7e, 0x00]);
  });

  it('changes the segment at the virtual decision values 31, 95, 223, 479, 991, 2015 and 4063 (G.711, table 2a)', () => {
    const atSegmentEnd = [31, 95, 223, 479, 991, 2015, 4063];
    for (const [segment, value] of atSegmentEnd.entries()) {
      const [below = 0, from = 0] = encoded(encodeMulaw, value * 4 - 1, value * 4);
      assert.equal((~below >> 4) & 7, segment);
      assert.equal((~from >> 4) & 7, segment + 1);
    }
  });

  it('decodes to the quantized values of table 2a', () => {
    const samples = decoded(decodeMulaw, Uint8Array.of(0xff, 0xfe, 0xef, 0xdf, 0xcf, 0xbf, 0xaf, 0x9f, 0x8f, 0x80, 0x7f, 0x00));
    assert.deepEqual([...samples], [0, 8, 132, 396, 924, 1980, 4092, 8316, 16764, 32124, 0, -32124]);
  });

  it('gives every octet back except the negative zero', () => {
    const again = new Uint8Array(256);
    encodeMulaw(decoded(decodeMulaw, everyOctet), again, 0);
    assert.deepEqual(
      again,
      Uint8Array.from(everyOctet, (octet) => (octet === 0x7f ? 0xff : octet)),
    );
  });
});

describe('G.711 A-law', () => {
  it('gives the octets of the ITU routine at zero, next to it and at the limits', () => {
    assert.deepEqual(
      encoded(encodeAlaw, 0, 15, 16, 32767, -1, -16, -17, -32768),
      [0xd5, 0xd5, 0xd4, 0xaa, 0x55, 0x55, 0x54, 0x2a],
    );
  });

  it('changes the segment at the decision values 32 (with the same step), 64, 128, ... 2048 (G.711, table 1a)', () => {
    for (const [segment, value] of [32, 64, 128, 256, 512, 1024, 2048].entries()) {
      const [below = 0, from = 0] = encoded(encodeAlaw, value * 8 - 1, value * 8);
      assert.equal(((below ^ 0x55) >> 4) & 7, segment);
      assert.equal(((from ^ 0x55) >> 4) & 7, segment + 1);
    }
  });

  it('decodes to the quantized values of table 1a', () => {
    const samples = decoded(decodeAlaw, Uint8Array.of(0xd5, 0xd4, 0xc5, 0xf5, 0xe5, 0x95, 0x85, 0xb5, 0xa5, 0xaa, 0x55, 0x2a));
    assert.deepEqual([...samples], [8, 24, 264, 528, 1056, 2112, 4224, 8448, 16896, 32256, -8, -32256]);
  });

  it('gives every octet back', () => {
    const again = new Uint8Array(256);
    encodeAlaw(decoded(decodeAlaw, everyOctet), again, 0);
    assert.deepEqual(again, everyOctet);
  });
});

describe('G.711, both laws', () => {
  for (const codec of [pcmu, pcma]) {
    it(`${codec.name} keeps a tone at 36 dB and more over 30 dB of level`, () => {
      for (const peak of [30000, 8000, 1000]) {
        const tone = sine(8000, 1013, 1000, peak);
        const octets = new Uint8Array(tone.length);
        const back = new Int16Array(tone.length);
        codec.createEncoder().encode(tone, octets, 0);
        codec.createDecoder().decode(octets, 0, octets.length, back);
        assert.ok(snrDb(tone, back) > 36, `${peak}: ${snrDb(tone, back)}`);
      }
    });

    it(`${codec.name} silence decodes to nothing that can be heard, and lasts 20 ms`, () => {
      const pcm = decoded(
        (bytes, offset, length, out) => codec.createDecoder().decode(bytes, offset, length, out),
        codec.silence,
      );
      assert.equal(pcm.length, 160);
      assert.ok(pcm.every((sample) => Math.abs(sample) <= 8));
      assert.equal(codec.packetTicks(codec.silence, 0, 160), 160);
    });

    it(`${codec.name} writes where it is told and not past the end of a buffer`, () => {
      const out = new Uint8Array(10);
      assert.equal(codec.createEncoder().encode(new Int16Array(20).fill(1000), out, 4), 6);
      assert.deepEqual([...out.subarray(0, 4)], [0, 0, 0, 0]);
      const pcm = new Int16Array(3);
      const decoder = codec.createDecoder();
      assert.equal(decoder.decode(out, 4, 6, pcm), 3);
      assert.equal(decoder.decode(out, 8, 100, new Int16Array(100)), 2);
      assert.equal(decoder.decode(out, 100, 5, pcm), 0);
      assert.equal(codec.createEncoder().encode(pcm, out, 11), 0);
    });
  }
});
