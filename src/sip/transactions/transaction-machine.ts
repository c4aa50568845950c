import type { TimerName } from './timers.ts';

/** A timer of a transaction has run out. */
export type TimerEvent = `timer${TimerName}`;
export type TimerAction = `start${TimerName}` | `stop${TimerName}`;

/** The timer that an action starts or stops; undefined for every other action. */
export function timerAction(action: string): { readonly verb: 'start' | 'stop'; readonly timer: TimerName } | undefined {
  return TIMER_ACTIONS.get(action);
}

const NAMES: readonly TimerName[] = ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M'];
const VERBS = ['start', 'stop'] as const;
const TIMER_ACTIONS: ReadonlyMap<string, { readonly verb: 'start' | 'stop'; readonly timer: TimerName }> = new Map(
  NAMES.flatMap((timer) => VERBS.map((verb) => [`${verb}${timer}`, { verb, timer }] as const)),
);
