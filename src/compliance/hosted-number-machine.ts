import type { StateTable } from './state-machine.ts';

/**
 * States of a number of another provider that is to be hosted here (compliance.md §8, where they are not enumerated). One that its account
 * gives up is `disconnected` (src/numbers/release-store.ts), and may be hosted again.
 *
 * | state | event | next |
 * |---|---|---|
 * | pending | approved | active |
 * | pending | rejected | failed |
 * | active | disconnected | disconnected |
 */
export const hostedStates = ['pending', 'active', 'failed', 'disconnected'] as const;
export type HostedState = (typeof hostedStates)[number];
export const hostedEvents = ['approved', 'rejected', 'disconnected'] as const;
export type HostedEvent = (typeof hostedEvents)[number];

export const hostedTable: StateTable<HostedState, HostedEvent> = {
  pending: { approved: 'active', rejected: 'failed' },
  active: { disconnected: 'disconnected' },
  failed: {},
  disconnected: {},
};
