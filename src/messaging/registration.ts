import type { OwnNumberFacts } from './own-numbers.ts';

/** What a number's registration lets it send to a country (messaging.md §15, §17; compliance.md §7). */
export type Standing =
  /** Registered, or in no need of it, or nothing is enforced. */
  | 'free'
  /** May send few messages, slowly: `UNREGISTERED_PER_DAY`, `UNREGISTERED_PER_SECOND`. */
  | 'limited'
  /** Carriers would block it. */
  | 'refused';

/** What the operator enforces about registration; compliance implements it. */
export interface RegistrationRules {
  standingOf(number: OwnNumberFacts, destinationCountry: string | undefined): Standing;
  /** Has the rate of a sender at hand before its messages are queued. */
  prepare(sender: string): Promise<void>;
  /** Messages in a second that registration allows a sender; undefined: it sets no limit, or none is at hand yet. Never waits. */
  rateOf(sender: string): number | undefined;
}

/** Unregistered US long codes (messaging.md §17). */
export const UNREGISTERED_PER_DAY = 2_000;
export const UNREGISTERED_PER_SECOND = 1;

/** Nothing is enforced. */
export const noRegistrationRules: RegistrationRules = {
  standingOf: () => 'free',
  prepare: async () => undefined,
  rateOf: () => undefined,
};
