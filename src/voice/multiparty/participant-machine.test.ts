import { test } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { participantMachine, participantMachineEvents, participantStates } from './participant-machine.ts';

test('a participant goes from state to state as its table says, and from its last to none', () => {
  assertDocumented(
    new URL('./participant-machine.ts', import.meta.url),
    participantMachine,
    participantStates,
    participantMachineEvents,
  );
});
