import { test } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { answerEvents, answerMachine, answerStates } from './answer-machine.ts';

test('an answer goes from state to state as the table says, and a verdict is final', () => {
  const steps = answerStates.map((state) => [
    state,
    Object.fromEntries(Object.entries(answerMachine[state]).map(([event, next]) => [event, { next, actions: [] }])),
  ]);
  const machine = Object.fromEntries(steps);
  assertDocumented(new URL('./answer-machine.ts', import.meta.url), machine, answerStates, answerEvents);
});
