import assert from 'node:assert/strict';
import { it } from 'node:test';
import { after } from '../compliance/state-machine.ts';
import { type MaskingState, maskingEvents, maskingStates, maskingTable } from './session-machine.ts';

it('a masking session goes where its table says, and nowhere once it has expired', () => {
  const expected: Record<MaskingState, readonly (MaskingState | undefined)[]> = {
    active: ['expired', 'expired'],
    expired: [undefined, undefined],
  };
  for (const state of maskingStates) {
    assert.deepEqual(
      maskingEvents.map((event) => after(maskingTable, state, event)),
      expected[state],
      state,
    );
  }
});
