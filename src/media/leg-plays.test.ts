import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LegPlays } from './leg-plays.ts';
import type { Playback, PlaySource } from './media-engine.ts';

const sound = (ms: number): readonly PlaySource[] => [{ kind: 'silence', ms }];
const MUSIC = sound(1);
const FRONT = { loop: 1 };
const BACKGROUND = { loop: 0, background: true };

/** A worker that plays one thing at a time, and what was begun in it, by the length of its sound. */
function leg() {
  let lastId = 0;
  let current: number | undefined;
  const begun: number[] = [];
  const state = { closed: false };
  const end = (how: 'completed' | 'stopped' | 'closed') => {
    const play = current;
    current = undefined;
    if (play !== undefined) plays.ended(play, how);
  };
  const plays: LegPlays = new LegPlays({
    nextId: () => ++lastId,
    get closed() {
      return state.closed;
    },
    begin: (play, [source], { over = false }) => {
      if (!over) {
        end('stopped');
        current = play;
      }
      begun.push(source?.kind === 'silence' ? source.ms : 0);
    },
    stop: (play) => {
      if (play === current) end('stopped');
    },
  });
  const ends: string[] = [];
  const watch = (name: string, { ended }: Playback) => void ended.then((how) => ends.push(`${name} ${how}`));
  return { plays, begun, end, state, ends, watch, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('what is played behind', () => {
  test('gives way to every other play and begins anew after the last of them, until it is stopped', async () => {
    const { plays, begun, end, ends, watch, settled } = leg();
    const music = plays.play(MUSIC, BACKGROUND);
    watch('music', music);
    watch('first', plays.play(sound(10), FRONT));
    watch('second', plays.play(sound(20), FRONT));
    await settled();
    assert.deepEqual([begun, ends], [[1, 10, 20], ['first stopped']]);
    end('completed');
    await settled();
    assert.deepEqual([begun, ends.slice(1)], [[1, 10, 20, 1], ['second completed']]);
    music.stop();
    await settled();
    assert.deepEqual([begun.length, ends.at(-1)], [4, 'music stopped']);
    watch('third', plays.play(sound(30), FRONT));
    end('completed');
    await settled();
    assert.deepEqual(begun, [1, 10, 20, 1, 30], 'it does not come back');
  });

  test('waits for what is heard already, and is not heard at all when it is stopped before', async () => {
    const { plays, begun, end, ends, watch, settled } = leg();
    watch('first', plays.play(sound(10), FRONT));
    const music = plays.play(MUSIC, BACKGROUND);
    watch('music', music);
    music.stop();
    const other = plays.play(sound(2), BACKGROUND);
    watch('other', other);
    await settled();
    assert.deepEqual([begun, ends], [[10], ['music stopped']]);
    end('completed');
    await settled();
    assert.deepEqual(begun, [10, 2]);
    end('completed');
    await settled();
    assert.deepEqual(ends, ['music stopped', 'first completed', 'other completed']);
  });

  test('is one thing: another takes its place', async () => {
    const { plays, begun, ends, watch, settled } = leg();
    watch('music', plays.play(MUSIC, BACKGROUND));
    watch('other', plays.play(sound(2), BACKGROUND));
    const front = plays.play(sound(10), FRONT);
    front.stop();
    await settled();
    assert.deepEqual([begun, ends], [[1, 2, 10, 2], ['music stopped']]);
  });

  test('ends with the leg, heard or not, and nothing is begun on one that is gone', async () => {
    const { plays, begun, ends, state, watch, settled } = leg();
    watch('music', plays.play(MUSIC, BACKGROUND));
    watch('front', plays.play(sound(10), FRONT));
    state.closed = true;
    plays.close();
    watch('late', plays.play(sound(20), FRONT));
    await settled();
    assert.deepEqual(
      [begun, ends.toSorted()],
      [
        [1, 10],
        ['front closed', 'late closed', 'music closed'],
      ],
    );
  });
});

test('what is played over others takes the place of none of them, nor gives way', async () => {
  const { plays, begun, end, ends, watch, settled } = leg();
  watch('music', plays.play(MUSIC, BACKGROUND));
  watch('over', plays.play(sound(5), { loop: 1, over: true }));
  watch('front', plays.play(sound(10), FRONT));
  end('completed');
  await settled();
  assert.deepEqual([begun, ends], [[1, 5, 10, 1], ['front completed']]);
  plays.ended(2, 'completed');
  await settled();
  assert.deepEqual(ends, ['front completed', 'over completed']);
});
