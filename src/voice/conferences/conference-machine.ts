import { type Machine, step } from '../../sip/machine.ts';

/**
 * A conference from its first member to its last. `waiting`: nobody who may start it has come, and its members hear their wait sound.
 *
 * | state   | event         | next    | actions        |
 * | waiting | enter         | waiting | wait           |
 * | waiting | enter-starter | running | start          |
 * | waiting | empty         | ended   | close          |
 * | waiting | end           | ended   | release, close |
 * | running | enter         | running | connect        |
 * | running | enter-starter | running | connect        |
 * | running | alone         | running | release        |
 * | running | empty         | ended   | close          |
 * | running | end           | ended   | release, close |
 *
 * `alone`: one member is left who does not stay alone. `end`: a member who ends it left, its time is over, or the API asked for it.
 * `start` connects all, `connect` the one who came, `release` lets all of them go on with their documents.
 */
export const conferenceMachine: Machine<ConferenceState, ConferenceEvent, ConferenceAction> = {
  waiting: {
    enter: step('waiting', 'wait'),
    'enter-starter': step('running', 'start'),
    empty: step('ended', 'close'),
    end: step('ended', 'release', 'close'),
  },
  running: {
    enter: step('running', 'connect'),
    'enter-starter': step('running', 'connect'),
    alone: step('running', 'release'),
    empty: step('ended', 'close'),
    end: step('ended', 'release', 'close'),
  },
  ended: {},
};

export const conferenceStates = ['waiting', 'running', 'ended'] as const;
export type ConferenceState = (typeof conferenceStates)[number];

export const conferenceEvents = ['enter', 'enter-starter', 'alone', 'empty', 'end'] as const;
export type ConferenceEvent = (typeof conferenceEvents)[number];

export type ConferenceAction = 'wait' | 'start' | 'connect' | 'release' | 'close';
