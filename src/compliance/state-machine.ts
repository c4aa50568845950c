import { Problem } from '../errors/catalogue.ts';

/** What each event makes of each state; an event that a state does not list cannot happen in it. */
export type StateTable<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** The state after an event, or undefined when it cannot happen in this state. */
export function after<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  state: State,
  event: Event,
): State | undefined {
  return table[state][event];
}

/** The same for what a request asks: `conflict` when it cannot happen now. */
export function requireAfter<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  state: State,
  event: Event,
  refusal: string,
): State {
  const next = table[state][event];
  if (next === undefined) throw new Problem('conflict', refusal);
  return next;
}
