import type { StateTable } from './state-machine.ts';

/**
 * States of a brand (compliance.md §6). A brand that is deactivated is gone.
 *
 * | state | event | next |
 * |---|---|---|
 * | PROCESSING | approved | COMPLETED |
 * | PROCESSING | rejected | FAILED |
 */
export const brandStates = ['PROCESSING', 'COMPLETED', 'FAILED'] as const;
export type BrandState = (typeof brandStates)[number];
export const brandEvents = ['approved', 'rejected'] as const;
export type BrandEvent = (typeof brandEvents)[number];

export const brandTable: StateTable<BrandState, BrandEvent> = {
  PROCESSING: { approved: 'COMPLETED', rejected: 'FAILED' },
  COMPLETED: {},
  FAILED: {},
};
