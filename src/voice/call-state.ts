/**
 * States of a call leg. A leg ends from any of them; what has ended is no longer open and has no state.
 *
 * | from     | to                |
 * |----------|-------------------|
 * | queued   | dialing           |
 * | dialing  | ringing, answered |
 * | ringing  | answered          |
 * | answered |                   |
 *
 * An inbound leg begins in `ringing`, one that is dialled at once in `dialing`.
 */
export const callTransitions = {
  queued: ['dialing'],
  dialing: ['ringing', 'answered'],
  ringing: ['answered'],
  answered: [],
} as const satisfies Record<string, readonly string[]>;

export type CallState = keyof typeof callTransitions;

export const callStates: readonly CallState[] = ['queued', 'dialing', 'ringing', 'answered'];

/** The states from which a leg may enter this one. */
export const statesBefore = (state: CallState): readonly CallState[] =>
  callStates.filter((from) => callTransitions[from].some((to) => to === state));
