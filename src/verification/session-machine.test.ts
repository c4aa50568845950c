import assert from 'node:assert/strict';
import { it } from 'node:test';
import { after } from '../compliance/state-machine.ts';
import { type SessionState, sessionEvents, sessionStates, sessionTable } from './session-machine.ts';

it('a verification session goes where its table says, and nowhere from its ends', () => {
  const expected: Record<SessionState, readonly (SessionState | undefined)[]> = {
    'in-progress': ['in-progress', 'in-progress', 'verified', 'expired'],
    verified: [undefined, undefined, undefined, undefined],
    expired: [undefined, undefined, undefined, undefined],
  };
  for (const state of sessionStates) {
    assert.deepEqual(
      sessionEvents.map((event) => after(sessionTable, state, event)),
      expected[state],
      state,
    );
  }
});
