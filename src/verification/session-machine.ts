import type { StateTable } from '../compliance/state-machine.ts';

export const sessionStates = ['in-progress', 'verified', 'expired'] as const;
export type SessionState = (typeof sessionStates)[number];

/**
 * What happens to a session: a code is sent (`attempt`), one that was handed in is wrong (`mismatch`) or right (`match`), or the time or
 * the number of tries is used up (`lapse`).
 */
export const sessionEvents = ['attempt', 'mismatch', 'match', 'lapse'] as const;
export type SessionEvent = (typeof sessionEvents)[number];

/**
 * A verification session:
 *
 * | state       | attempt     | mismatch    | match    | lapse   |
 * | ----------- | ----------- | ----------- | -------- | ------- |
 * | in-progress | in-progress | in-progress | verified | expired |
 * | verified    | -           | -           | -        | -       |
 * | expired     | -           | -           | -        | -       |
 */
export const sessionTable: StateTable<SessionState, SessionEvent> = {
  'in-progress': { attempt: 'in-progress', mismatch: 'in-progress', match: 'verified', lapse: 'expired' },
  verified: {},
  expired: {},
};
