import type { Greeting } from './greeting.ts';
import { heldOut } from './held-out.ts';
import { machines } from './machines.ts';
import { neither } from './neither.ts';
import { people } from './people.ts';

/** Everything that is scored: those for tuning, and those that were not looked at while thresholds were set. */
export const greetings: readonly Greeting[] = [...people, ...machines, ...neither, ...heldOut];
