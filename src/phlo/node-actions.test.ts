import assert from 'node:assert/strict';
import { it } from 'node:test';
import { memberActions, nodeActions, readAction } from './node-actions.ts';

it('actions are understood however SDKs write them', () => {
  for (const action of [...nodeActions, ...memberActions]) {
    const known = [...nodeActions, ...memberActions];
    for (const written of [action, action.toUpperCase(), action.replaceAll('_', '')])
      assert.equal(readAction(written, known), action);
  }
  assert.throws(() => readAction('dance', nodeActions), /action parameter is invalid: one of call, warm_transfer, cold_transfer/);
});
