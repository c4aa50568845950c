import { test } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { multiPartyMachine, multiPartyMachineEvents, multiPartyStates } from './multiparty-machine.ts';

test('a multiparty call goes from state to state as its table says, and from its last to none', () => {
  assertDocumented(
    new URL('./multiparty-machine.ts', import.meta.url),
    multiPartyMachine,
    multiPartyStates,
    multiPartyMachineEvents,
  );
});
