import type { StateTable } from './state-machine.ts';

/**
 * States of an address or identity that is verified (compliance.md §11).
 *
 * | state | event | next |
 * |---|---|---|
 * | pending | approved | accepted |
 * | pending | rejected | rejected |
 * | pending | updated | pending |
 * | accepted | updated | pending |
 * | rejected | updated | pending |
 */
export const verificationStates = ['pending', 'accepted', 'rejected'] as const;
export type VerificationState = (typeof verificationStates)[number];
export const verificationEvents = ['approved', 'rejected', 'updated'] as const;
export type VerificationEvent = (typeof verificationEvents)[number];

export const verificationTable: StateTable<VerificationState, VerificationEvent> = {
  pending: { approved: 'accepted', rejected: 'rejected', updated: 'pending' },
  accepted: { updated: 'pending' },
  rejected: { updated: 'pending' },
};
