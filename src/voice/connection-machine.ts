import { type Machine, step } from '../sip/machine.ts';

/**
 * A call and the leg it is connected with, from their bridge to the moment the call goes on without one. Pure: `connection.ts` performs
 * the actions.
 *
 * | state    | event     | next     | actions       |
 * | joined   | peerEnds  | over     | finish        |
 * | joined   | leave     | over     | finish        |
 * | joined   | suspend   | apart    | part          |
 * | apart    | peerEnds  | alone    |               |
 * | apart    | leave     | over     | finish        |
 * | apart    | resume    | joined   | join          |
 * | apart    | replace   | joined   | adopt, join   |
 * | apart    | handOver  | emptied  | release       |
 * | alone    | leave     | over     | finish        |
 * | alone    | resume    | over     | finish        |
 * | alone    | replace   | joined   | adopt, join   |
 * | emptied  | leave     | over     | finish        |
 *
 * `apart`: one of the two is being transferred, and they do not hear each other; `alone`: the leg has hung up meanwhile. `emptied`: the
 * leg was taken out, and the call is about to end. `leave`: the call has ended, was transferred by the API, or its leg was taken out.
 */
export const connectionMachine: Machine<ConnectionState, ConnectionEvent, ConnectionAction> = {
  joined: {
    peerEnds: step('over', 'finish'),
    leave: step('over', 'finish'),
    suspend: step('apart', 'part'),
  },
  apart: {
    peerEnds: step('alone'),
    leave: step('over', 'finish'),
    resume: step('joined', 'join'),
    replace: step('joined', 'adopt', 'join'),
    handOver: step('emptied', 'release'),
  },
  alone: {
    leave: step('over', 'finish'),
    resume: step('over', 'finish'),
    replace: step('joined', 'adopt', 'join'),
  },
  emptied: {
    leave: step('over', 'finish'),
  },
  over: {},
};

export const connectionStates = ['joined', 'apart', 'alone', 'emptied', 'over'] as const;
export type ConnectionState = (typeof connectionStates)[number];

export const connectionEvents = ['peerEnds', 'leave', 'suspend', 'resume', 'replace', 'handOver'] as const;
export type ConnectionEvent = (typeof connectionEvents)[number];

export type ConnectionAction = 'finish' | 'part' | 'join' | 'adopt' | 'release';
