import { test } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { conferenceEvents, conferenceMachine, conferenceStates } from './conference-machine.ts';

test('a conference goes from state to state as its table says, and an ended one stays ended', () => {
  assertDocumented(new URL('./conference-machine.ts', import.meta.url), conferenceMachine, conferenceStates, conferenceEvents);
});
