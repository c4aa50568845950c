import type { StateTable } from '../compliance/state-machine.ts';

export const maskingStates = ['active', 'expired'] as const;
export type MaskingState = (typeof maskingStates)[number];

/** A request ends the session (`end`), or its time is over (`lapse`). */
export const maskingEvents = ['end', 'lapse'] as const;
export type MaskingEvent = (typeof maskingEvents)[number];

/**
 * A masking session. While a call between its parties is up an active one is shown as `in-progress`.
 *
 * | state   | end     | lapse   |
 * | ------- | ------- | ------- |
 * | active  | expired | expired |
 * | expired | -       | -       |
 */
export const maskingTable: StateTable<MaskingState, MaskingEvent> = {
  active: { end: 'expired', lapse: 'expired' },
  expired: {},
};
