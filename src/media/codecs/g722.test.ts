import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { frames, join, mix, noise, rms, sine, snrDbAtBestDelay, speechLike, toneShare } from '../../../testkit/audio.ts';
import { g722 } from './g722.ts';

/** Delay of both filter banks, in samples. */
const MAX_DELAY = 30;

function encode(pcm: Int16Array): Uint8Array {
  const octets = new Uint8Array(pcm.length / 2);
  g722.createEncoder().encode(pcm, octets, 0);
  return octets;
}

function decode(octets: Uint8Array): Int16Array {
  const pcm = new Int16Array(octets.length * 2);
  g722.createDecoder().decode(octets, 0, octets.length, pcm);
  return pcm;
}

const through = (pcm: Int16Array): Int16Array => decode(encode(pcm));
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Full-scale noise, near silence, a square wave at the limits, a loud saw: integers only, so that it is the same everywhere. */
function hardSignal(): Int16Array {
  let state = 1n;
  return Int16Array.from({ length: 16000 }, (_, at) => {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    const random = Number((state >> 8n) & 0xffffn) - 32768;
    if (at < 4000) return Math.floor((random * 3) / 4);
    if (at < 8000) return Math.floor(random / 64);
    if (at < 12000) return Math.floor(at / 23) % 2 === 1 ? 32767 : -32768;
    return Math.max(-32768, Math.min(32767, (((at * 37) % 400) - 200) * 100 + Math.floor(random / 100)));
  });
}

describe('G.722 at 64 kbit/s', () => {
  it('encodes a hard signal to the octets of an independent implementation that passes the ITU test sequences', () => {
    assert.equal(sha256(encode(hardSignal())), '9ae0ccbffb6f47fcf084d456c6363b311430820dd42383444a72c06aa430d955');
  });

  it('keeps tones of the lower band above 30 dB and of the higher band above 15 dB', () => {
    for (const [hz, least] of [
      [300, 30],
      [1000, 30],
      [3000, 30],
      [5000, 15],
      [6500, 15],
    ] as const) {
      const tone = sine(16000, hz, 500, 8000);
      const heard = through(tone);
      assert.ok(toneShare(heard.subarray(1600), 16000, hz) > 0.96, `${hz} Hz is heard`);
      const snr = snrDbAtBestDelay(tone.subarray(0, 7000), heard, MAX_DELAY);
      assert.ok(snr > least, `${hz} Hz: ${snr.toFixed(1)} dB`);
    }
  });

  it('keeps something like speech above 20 dB', () => {
    const speech = speechLike(16000, 2000, 5);
    const snr = snrDbAtBestDelay(speech.subarray(0, 31000), through(speech), MAX_DELAY);
    assert.ok(snr > 20, `${snr.toFixed(1)} dB`);
  });

  it('does not wrap around at full scale, and recovers at once', () => {
    const loud = sine(16000, 700, 300, 32767);
    const heard = through(join(loud, sine(16000, 1000, 300, 4000)));
    assert.ok(toneShare(heard.subarray(800, 4800), 16000, 700) > 0.99);
    assert.ok(toneShare(heard.subarray(5600, 9600), 16000, 1000) > 0.98);
  });

  it('stays silent in silence', () => {
    const heard = decode(g722.silence);
    assert.ok(rms(heard) < 20, `${rms(heard)}`);
  });

  it('gives the same octets in frames of any length as in one piece', () => {
    const pcm = mix(speechLike(16000, 400, 3), noise(16000, 400, 300));
    const whole = encode(pcm);
    for (const samples of [160, 320, 960]) {
      const encoder = g722.createEncoder();
      const out = new Uint8Array(whole.length + samples);
      let at = 0;
      for (const frame of frames(pcm, samples)) at += encoder.encode(frame, out, at);
      assert.deepEqual(out.subarray(0, whole.length), whole);
    }
    const decoder = g722.createDecoder();
    const decoded = new Int16Array(pcm.length);
    for (let at = 0; at < whole.length; at += 80) decoder.decode(whole, at, 80, decoded.subarray(2 * at));
    assert.deepEqual(decoded, decode(whole));
  });

  it('finds back to the stream after any octets', () => {
    const octets = Uint8Array.from(noise(8000, 1000, 60, 9), (sample) => sample & 0xff);
    const decoder = g722.createDecoder();
    const pcm = new Int16Array(16000);
    decoder.decode(octets, 0, octets.length, pcm);
    const tone = encode(sine(16000, 1000, 1000, 8000));
    decoder.decode(tone, 0, tone.length, pcm);
    assert.ok(toneShare(pcm.subarray(3200), 16000, 1000) > 0.98);
  });

  it('does not write past the end of a buffer', () => {
    assert.equal(g722.createEncoder().encode(new Int16Array(320), new Uint8Array(100), 50), 50);
    assert.equal(g722.createDecoder().decode(new Uint8Array(160), 100, 160, new Int16Array(320)), 120);
    assert.equal(g722.createDecoder().decode(new Uint8Array(160), 0, 160, new Int16Array(31)), 30);
  });
});
