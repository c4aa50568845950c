/** A state machine as data: what each event does in each state. An event that a state does not list changes nothing. */
export type Machine<State extends string, Event extends string, Action extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, Step<State, Action>>>>>
>;

export interface Step<State, Action> {
  readonly next: State;
  readonly actions: readonly Action[];
}

/** One entry of a machine. */
export function step<State extends string, Action extends string>(next: State, ...actions: Action[]): Step<State, Action> {
  return { next, actions };
}

const NOTHING: readonly never[] = [];

export function advance<State extends string, Event extends string, Action extends string>(
  machine: Machine<State, Event, Action>,
  state: State,
  event: Event,
): Step<State, Action> {
  return machine[state][event] ?? { next: state, actions: NOTHING };
}
