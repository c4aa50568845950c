import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, join, noise, silence, sine, speechLike } from '../../../testkit/audio.ts';
import { Endpointer } from './endpointer.ts';

const RATE = 16_000;

/** What happens when, milliseconds. */
function endpoints(audio: Int16Array, endMs = 1_000, maxMs = 60_000) {
  const endpointer = new Endpointer({ sampleRate: RATE, endMs, maxMs });
  const found: { readonly kind: string; readonly at: number }[] = [];
  let samples = 0;
  for (const [index, frame] of frames(audio, RATE / 50).entries()) {
    const heard = endpointer.process(frame);
    if (heard.kind === 'begin' || heard.kind === 'end') found.push({ kind: heard.kind, at: (index + 1) * 20 });
    if (heard.kind !== 'silence') samples += heard.audio.reduce((sum, piece) => sum + piece.length, 0);
  }
  return { found, ms: (samples * 1_000) / RATE, speaking: endpointer.speaking };
}

const near = (value: number | undefined, expected: number, slack: number) =>
  assert.ok(value !== undefined && Math.abs(value - expected) <= slack, `${value} is not within ${slack} of ${expected}`);

describe('endpointer', () => {
  it('begins an utterance when it is sure of it, with what came before, and ends it after the silence', () => {
    const { found, ms } = endpoints(join(silence(RATE, 1_000), sine(RATE, 300, 1_000), silence(RATE, 3_000)));
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['begin', 'end'],
    );
    near(found[0]?.at, 1_100, 20);
    near(found[1]?.at, 3_000, 40);
    // 0.3 s before it, one second of sound, one of silence.
    near(ms, 2_300, 60);
  });

  it('takes pauses between words as part of the utterance, over noise too', () => {
    const words = join(speechLike(RATE, 1_500, 3), silence(RATE, 600), speechLike(RATE, 1_500, 4));
    const clean = endpoints(join(silence(RATE, 1_000), words, silence(RATE, 2_000)));
    const noisy = endpoints(join(noise(RATE, 1_000, 60), words, noise(RATE, 2_000, 60)));
    for (const { found, speaking } of [clean, noisy]) {
      assert.deepEqual([found.map(({ kind }) => kind), speaking], [['begin', 'end'], false]);
    }
  });

  it('does not take a click for a word, and ends what never falls silent', () => {
    assert.deepEqual(endpoints(join(silence(RATE, 1_000), sine(RATE, 300, 60), silence(RATE, 1_000))).found, []);
    const { found } = endpoints(join(silence(RATE, 500), sine(RATE, 300, 5_000)), 1_000, 2_000);
    near(found[1]?.at, 2_600, 40);
    assert.equal(found[2]?.kind, 'begin');
  });
});
