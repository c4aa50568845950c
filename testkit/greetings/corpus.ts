import type { Greeting } from './greeting.ts';
import { machines } from './machines.ts';
import { neither } from './neither.ts';
import { people } from './people.ts';

/** Everything that is scored: about half of each kind is for tuning, the rest was not looked at while thresholds were set. */
export const greetings: readonly Greeting[] = [...people, ...machines, ...neither];
