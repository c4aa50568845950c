import type { RequirementRule } from './regulatory/requirements.ts';

/** What the operator decides about compliance: who the registry is, and what unregistered senders may do. */
export interface ComplianceConfiguration {
  readonly registry: RegistryConfiguration;
  readonly enforcement: Enforcement;
  /** What numbers need in countries that the operator names; absent = what is built in. */
  readonly requirements?: readonly RequirementRule[];
}

export type RegistryConfiguration = { readonly deadlineMs: number } & (
  | { readonly kind: 'automatic'; readonly delayMs: number; readonly outcome: 'approved' | 'rejected' }
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'http';
      readonly url: string;
      /** Value of the Authorization header. */
      readonly authorization?: string;
      readonly timeoutMs: number;
      /** Until a case that was answered `pending` is asked again. */
      readonly pollMs: number;
    }
);

export interface Enforcement {
  /** US long codes without a campaign, to the US: fail, or be slow and few (messaging.md §17), or go as ever. */
  readonly unregisteredLongCode: 'refuse' | 'limit' | 'allow';
  /** Toll-free numbers without verification, to the US and Canada (compliance.md §7). */
  readonly unverifiedTollFree: 'refuse' | 'allow';
}

const DAY_MS = 24 * 3_600_000;
/** Longer than any registry takes that means to answer. */
export const DEFAULT_DEADLINE_MS = 30 * DAY_MS;
/** Long enough to see the state before it, short enough to wait for. */
export const DEFAULT_DELAY_MS = 2_000;
export const DEFAULT_TIMEOUT_MS = 10_000;
export const DEFAULT_POLL_MS = 60_000;

export const defaultCompliance: ComplianceConfiguration = {
  registry: { kind: 'automatic', delayMs: DEFAULT_DELAY_MS, outcome: 'approved', deadlineMs: DEFAULT_DEADLINE_MS },
  enforcement: { unregisteredLongCode: 'allow', unverifiedTollFree: 'allow' },
};
