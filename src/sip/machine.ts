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

/** A machine in its present state. */
export class MachineRun<State extends string, Event extends string, Action extends string> {
  readonly #machine: Machine<State, Event, Action>;
  #state: State;

  constructor(machine: Machine<State, Event, Action>, start: State) {
    this.#machine = machine;
    this.#state = start;
  }

  get state(): State {
    return this.#state;
  }

  /** Takes the event and answers what is to be done. */
  fire(event: Event): readonly Action[] {
    const { next, actions } = advance(this.#machine, this.#state, event);
    this.#state = next;
    return actions;
  }
}
