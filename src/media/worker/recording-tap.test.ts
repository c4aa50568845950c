import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allocateFrameRing, FrameRing } from './frame-ring.ts';
import { RECORDING_RING_SLOTS, RecordingTap, recordingRingBytes } from './recording-tap.ts';

const FRAME = 160;
const sound = new Int16Array(FRAME).fill(1_000);

/** A recording of 100 ms, and what its encoder gets: frames, and for how many it has to put silence before each. */
function recording() {
  const ring = allocateFrameRing(RECORDING_RING_SLOTS, recordingRingBytes(8_000));
  const tap = new RecordingTap(1, { channels: 'stereo', sampleRate: 8_000, ring, maxMs: 100, silenceMs: undefined });
  const encoder = new FrameRing(ring, RECORDING_RING_SLOTS);
  const into = new Uint8Array(recordingRingBytes(8_000));
  const taken = () => {
    const frames: { missed: number; loud: boolean }[] = [];
    while (encoder.pop(into) > 0) frames.push({ missed: encoder.lastTag, loud: into.some((byte) => byte !== 0) });
    return { frames, ms: 20 * frames.reduce((sum, { missed }) => sum + missed + 1, 0) };
  };
  return { tap, taken };
}

describe('recording tap', () => {
  it('is as long as was asked for', () => {
    const { tap, taken } = recording();
    const ends = Array.from({ length: 5 }, () => tap.take(sound, sound, 0));
    assert.deepEqual(ends, [false, false, false, false, true]);
    assert.equal(taken().ms, 100);
  });

  it('has silence for turns that were left out', () => {
    const { tap, taken } = recording();
    tap.take(sound, sound, 0);
    tap.take(sound, sound, 2);
    const { frames, ms } = taken();
    assert.deepEqual(frames, [
      { missed: 0, loud: true },
      { missed: 2, loud: true },
    ]);
    assert.equal(ms, 80);
  });

  for (const skipped of [3, 4, 50]) {
    it(`is as long as was asked for when its end was left out, with ${skipped} turns`, () => {
      const { tap, taken } = recording();
      tap.take(sound, sound, 0);
      const over = tap.take(sound, sound, skipped);
      if (!over) assert.equal(tap.take(sound, sound, 0), true);
      assert.equal(taken().ms, 100);
    });
  }

  it('takes nothing while it pauses', () => {
    const { tap, taken } = recording();
    tap.paused = true;
    assert.equal(tap.take(sound, sound, 10), false);
    assert.equal(taken().ms, 0);
  });
});
