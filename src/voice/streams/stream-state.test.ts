import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOver, nextStreamState, type StreamEvent, type StreamState } from './stream-state.ts';

const events: readonly StreamEvent[] = ['connected', 'unreachable', 'stop', 'closed', 'lost', 'overflow'];

test('every event in every state of a stream', () => {
  const expected: Readonly<Record<StreamState, readonly StreamState[]>> = {
    connecting: ['streaming', 'dropped', 'stopped', 'connecting', 'connecting', 'connecting'],
    streaming: ['streaming', 'streaming', 'stopped', 'stopped', 'dropped', 'dropped'],
    stopped: events.map(() => 'stopped'),
    dropped: events.map(() => 'dropped'),
  };
  const states: readonly StreamState[] = ['connecting', 'streaming', 'stopped', 'dropped'];
  for (const state of states) {
    assert.deepEqual(
      events.map((event) => nextStreamState(state, event)),
      expected[state],
      state,
    );
  }
  assert.deepEqual(states.map(isOver), [false, false, true, true]);
});
