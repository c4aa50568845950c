import { test } from 'node:test';
import { assertDocumented } from '../../testkit/documented-machine.ts';
import { connectionEvents, connectionMachine, connectionStates } from './connection-machine.ts';

test('a connection goes from state to state as its table says, and one that is over stays so', () => {
  assertDocumented(new URL('./connection-machine.ts', import.meta.url), connectionMachine, connectionStates, connectionEvents);
});
