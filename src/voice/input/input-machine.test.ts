import { test } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { inputEvents, inputMachine, inputStates } from './input-machine.ts';

test('an attempt of GetInput goes from state to state as its table says, and one that is over stays over', () => {
  assertDocumented(new URL('./input-machine.ts', import.meta.url), inputMachine, inputStates, inputEvents);
});
