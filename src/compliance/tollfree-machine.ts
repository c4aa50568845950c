import type { StateTable } from './state-machine.ts';

/**
 * States of a toll-free verification (compliance.md §7). `updated` leaves the state as it is: the registry is asked anew. REJECTED is
 * final for its use case.
 *
 * | state | event | next |
 * |---|---|---|
 * | SUBMITTED | approved | APPROVED |
 * | SUBMITTED | rejected | REJECTED |
 * | SUBMITTED | update_required | UPDATE_REQUIRED |
 * | SUBMITTED | updated | SUBMITTED |
 * | UPDATE_REQUIRED | approved | APPROVED |
 * | UPDATE_REQUIRED | rejected | REJECTED |
 * | UPDATE_REQUIRED | update_required | UPDATE_REQUIRED |
 * | UPDATE_REQUIRED | updated | UPDATE_REQUIRED |
 */
export const tollfreeStates = ['SUBMITTED', 'APPROVED', 'REJECTED', 'UPDATE_REQUIRED'] as const;
export type TollfreeState = (typeof tollfreeStates)[number];
export const tollfreeEvents = ['approved', 'rejected', 'update_required', 'updated'] as const;
export type TollfreeEvent = (typeof tollfreeEvents)[number];

export const tollfreeTable: StateTable<TollfreeState, TollfreeEvent> = {
  SUBMITTED: { approved: 'APPROVED', rejected: 'REJECTED', update_required: 'UPDATE_REQUIRED', updated: 'SUBMITTED' },
  UPDATE_REQUIRED: {
    approved: 'APPROVED',
    rejected: 'REJECTED',
    update_required: 'UPDATE_REQUIRED',
    updated: 'UPDATE_REQUIRED',
  },
  APPROVED: {},
  REJECTED: {},
};
