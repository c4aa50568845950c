import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { linear } from './linear.ts';
import { loadOpus, opus } from './opus.ts';

const FRAME = 320;
const tone = (frame: number): Int16Array =>
  Int16Array.from({ length: FRAME }, (_, n) => 8000 * Math.sin((2 * Math.PI * 500 * (frame * FRAME + n)) / 16_000));

/** Mean power of one frequency's share of all, 0 to 1. */
function shareOf(hz: number, samples: Int16Array): number {
  let [real, imaginary, energy] = [0, 0, 0];
  samples.forEach((sample, n) => {
    const angle = (2 * Math.PI * hz * n) / 16_000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    energy += sample * sample;
  });
  return (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
}

describe('Opus', () => {
  before(() => loadOpus());

  test('brings a tone through, in packets that say how long they are', async () => {
    const [encoder, decoder] = [opus.createEncoder(), opus.createDecoder()];
    await setImmediate();
    const packet = new Uint8Array(opus.frameBytes);
    const pcm = new Int16Array(FRAME);
    const heard = new Int16Array(25 * FRAME);
    for (let frame = 0; frame < 50; frame++) {
      const length = encoder.encode(tone(frame), packet, 0);
      assert.ok(length > 0 && length <= opus.frameBytes);
      assert.equal(opus.packetTicks(packet, 0, length), 960);
      assert.equal(decoder.decode(packet, 0, length, pcm), FRAME);
      if (frame >= 25) heard.set(pcm, (frame - 25) * FRAME);
    }
    assert.ok(shareOf(500, heard) > 0.95, String(shareOf(500, heard)));
    encoder.close?.();
    decoder.close?.();
    assert.equal(encoder.encode(tone(0), packet, 0), 0, 'what was given back is silent');
  });

  test('survives what is no Opus', async () => {
    const decoder = opus.createDecoder();
    await setImmediate();
    const pcm = new Int16Array(FRAME);
    for (let first = 0; first < 256; first++) decoder.decode(Uint8Array.of(first, 255, 0, 1), 0, 4, pcm);
    assert.equal(decoder.decode(new Uint8Array(0), 0, 0, pcm), 0);
    decoder.close?.();
  });

  test('knows the length of packets of every kind (RFC 6716 §3.1, table 2)', () => {
    const ms = (configuration: number, code = 0, second = 0) =>
      opus.packetTicks(Uint8Array.of((configuration << 3) | code, second), 0, 2) / 48;
    assert.deepEqual(
      [0, 1, 2, 3, 11, 12, 13, 16, 19, 31].map((each) => ms(each)),
      [10, 20, 40, 60, 60, 10, 20, 2.5, 20, 20],
    );
    assert.deepEqual([ms(1, 1), ms(1, 2), ms(1, 3, 3)], [40, 40, 60]);
    assert.equal(opus.packetTicks(new Uint8Array(0), 0, 0), 0);
  });

  test('keeps sounds as samples, exactly', () => {
    const bytes = new Uint8Array(linear.frameBytes);
    const pcm = Int16Array.from({ length: FRAME }, (_, n) => (n % 2 === 0 ? -32768 + n : 32767 - n));
    assert.equal(linear.createEncoder().encode(pcm, bytes, 0), linear.frameBytes);
    const back = new Int16Array(FRAME);
    assert.equal(linear.createDecoder().decode(bytes, 0, bytes.length, back), FRAME);
    assert.deepEqual(back, pcm);
  });
});
