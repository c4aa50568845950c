import { type Machine, step } from '../../sip/machine.ts';

/**
 * A participant from the first ring of its leg to its exit (multiparty-calls.md §3.2). One who comes by XML or by transfer begins as
 * `waiting`. `waiting`: the multiparty call has not started; it hears the wait music and cannot talk. Of several that apply, the state
 * is the first of held, muted, coaching, active.
 *
 * | state      | event     | next       | actions       |
 * | dialing    | challenge | challenged | ask           |
 * | dialing    | admit     | waiting    | enter         |
 * | dialing    | fail      | exited     | report        |
 * | challenged | admit     | waiting    | enter         |
 * | challenged | fail      | exited     | report        |
 * | waiting    | talk      | active     | connect       |
 * | waiting    | mute      | muted      | connect       |
 * | waiting    | hold      | held       | connect, hold |
 * | waiting    | coach     | coaching   | connect       |
 * | waiting    | exit      | exited     | leave         |
 * | active     | mute      | muted      | route         |
 * | active     | hold      | held       | route, hold   |
 * | active     | coach     | coaching   | route         |
 * | active     | exit      | exited     | leave         |
 * | muted      | talk      | active     | route         |
 * | muted      | hold      | held       | route, hold   |
 * | muted      | coach     | coaching   | route         |
 * | muted      | mute      | muted      | route         |
 * | muted      | exit      | exited     | leave         |
 * | held       | talk      | active     | unhold, route |
 * | held       | mute      | muted      | unhold, route |
 * | held       | coach     | coaching   | unhold, route |
 * | held       | hold      | held       | route         |
 * | held       | exit      | exited     | leave         |
 * | coaching   | talk      | active     | route         |
 * | coaching   | mute      | muted      | route         |
 * | coaching   | hold      | held       | route, hold   |
 * | coaching   | exit      | exited     | leave         |
 */
export const participantMachine: Machine<ParticipantState, ParticipantMachineEvent, ParticipantAction> = {
  dialing: {
    challenge: step('challenged', 'ask'),
    admit: step('waiting', 'enter'),
    fail: step('exited', 'report'),
  },
  challenged: {
    admit: step('waiting', 'enter'),
    fail: step('exited', 'report'),
  },
  waiting: {
    talk: step('active', 'connect'),
    mute: step('muted', 'connect'),
    hold: step('held', 'connect', 'hold'),
    coach: step('coaching', 'connect'),
    exit: step('exited', 'leave'),
  },
  active: {
    mute: step('muted', 'route'),
    hold: step('held', 'route', 'hold'),
    coach: step('coaching', 'route'),
    exit: step('exited', 'leave'),
  },
  muted: {
    talk: step('active', 'route'),
    hold: step('held', 'route', 'hold'),
    coach: step('coaching', 'route'),
    mute: step('muted', 'route'),
    exit: step('exited', 'leave'),
  },
  held: {
    talk: step('active', 'unhold', 'route'),
    mute: step('muted', 'unhold', 'route'),
    coach: step('coaching', 'unhold', 'route'),
    hold: step('held', 'route'),
    exit: step('exited', 'leave'),
  },
  coaching: {
    talk: step('active', 'route'),
    mute: step('muted', 'route'),
    hold: step('held', 'route', 'hold'),
    exit: step('exited', 'leave'),
  },
  exited: {},
};

export const participantStates = ['dialing', 'challenged', 'waiting', 'active', 'muted', 'held', 'coaching', 'exited'] as const;
export type ParticipantState = (typeof participantStates)[number];

export const participantMachineEvents = ['challenge', 'admit', 'fail', 'talk', 'mute', 'hold', 'coach', 'exit'] as const;
export type ParticipantMachineEvent = (typeof participantMachineEvents)[number];

export type ParticipantAction = 'ask' | 'enter' | 'report' | 'connect' | 'route' | 'hold' | 'unhold' | 'leave';

/** What a participant who is in does: what is set for it decides. */
export function stanceOf(set: { readonly hold: boolean; readonly mute: boolean; readonly coach: boolean }) {
  if (set.hold) return 'hold';
  if (set.mute) return 'mute';
  return set.coach ? 'coach' : 'talk';
}
