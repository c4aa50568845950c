import type { StateTable } from './state-machine.ts';

/**
 * Caller reputation of a number (account-numbers.md §8): whether those who are called are told which business calls.
 *
 * | state | event | next |
 * |---|---|---|
 * | NOT_ENROLLED | enable | PENDING |
 * | NOT_ENROLLED | disable | NOT_ENROLLED |
 * | PENDING | enable | PENDING |
 * | PENDING | approved | ACTIVE |
 * | PENDING | rejected | FAILED |
 * | PENDING | disable | NOT_ENROLLED |
 * | ACTIVE | enable | PENDING |
 * | ACTIVE | disable | NOT_ENROLLED |
 * | FAILED | enable | PENDING |
 * | FAILED | disable | NOT_ENROLLED |
 */
export const reputationStates = ['NOT_ENROLLED', 'PENDING', 'ACTIVE', 'FAILED'] as const;
export type ReputationState = (typeof reputationStates)[number];
export const reputationEvents = ['enable', 'approved', 'rejected', 'disable'] as const;
export type ReputationEvent = (typeof reputationEvents)[number];

export const reputationTable: StateTable<ReputationState, ReputationEvent> = {
  NOT_ENROLLED: { enable: 'PENDING', disable: 'NOT_ENROLLED' },
  PENDING: { enable: 'PENDING', approved: 'ACTIVE', rejected: 'FAILED', disable: 'NOT_ENROLLED' },
  ACTIVE: { enable: 'PENDING', disable: 'NOT_ENROLLED' },
  FAILED: { enable: 'PENDING', disable: 'NOT_ENROLLED' },
};
