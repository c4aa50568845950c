import { type Machine, step } from '../../sip/machine.ts';
import type { MultiPartyState, TerminationCode } from './multiparty-record.ts';

/**
 * A multiparty call from its creation to its end (multiparty-calls.md §3.1). `initialized`: nobody who may start it has come, or an
 * agent is waited for; its participants hear the wait music.
 *
 * | state       | event         | next        | actions        |
 * | initialized | enter         | initialized | wait           |
 * | initialized | enter-starter | active      | start          |
 * | initialized | activate      | active      | start          |
 * | initialized | empty         | ended       | release, close |
 * | initialized | expire        | ended       | release, close |
 * | initialized | end           | ended       | release, close |
 * | active      | enter         | active      | connect        |
 * | active      | enter-starter | active      | connect        |
 * | active      | empty         | ended       | release, close |
 * | active      | alone         | ended       | release, close |
 * | active      | owner-left    | ended       | release, close |
 * | active      | expire        | ended       | release, close |
 * | active      | end           | ended       | release, close |
 *
 * `empty`: the last participant has left, or nobody who was invited has come. `alone`: one is left who may not stay alone.
 * `owner-left`: one who ends it by leaving has left. `release` lets all leave and gives up those who are being invited.
 */
export const multiPartyMachine: Machine<MultiPartyState, MultiPartyMachineEvent, MultiPartyAction> = {
  initialized: {
    enter: step('initialized', 'wait'),
    'enter-starter': step('active', 'start'),
    activate: step('active', 'start'),
    empty: step('ended', 'release', 'close'),
    expire: step('ended', 'release', 'close'),
    end: step('ended', 'release', 'close'),
  },
  active: {
    enter: step('active', 'connect'),
    'enter-starter': step('active', 'connect'),
    empty: step('ended', 'release', 'close'),
    alone: step('ended', 'release', 'close'),
    'owner-left': step('ended', 'release', 'close'),
    expire: step('ended', 'release', 'close'),
    end: step('ended', 'release', 'close'),
  },
  ended: {},
};

export const multiPartyStates = ['initialized', 'active', 'ended'] as const satisfies readonly MultiPartyState[];

export const multiPartyMachineEvents = [
  'enter',
  'enter-starter',
  'activate',
  'empty',
  'alone',
  'owner-left',
  'expire',
  'end',
] as const;
export type MultiPartyMachineEvent = (typeof multiPartyMachineEvents)[number];

export type MultiPartyAction = 'wait' | 'start' | 'connect' | 'release' | 'close';

export type EndingEvent = 'empty' | 'alone' | 'owner-left' | 'expire' | 'end';

/** What each end is told as (§3.3). No code is known for `owner-left`: nobody is left after it, as after `empty`. */
export const terminationOf: Readonly<Record<EndingEvent, TerminationCode>> = {
  empty: 1000,
  alone: 1010,
  'owner-left': 1000,
  expire: 2000,
  end: 3000,
};

export const isEnding = (event: MultiPartyMachineEvent): event is EndingEvent => event in terminationOf;
