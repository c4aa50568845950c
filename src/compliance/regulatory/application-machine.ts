import type { StateTable } from '../state-machine.ts';

/**
 * States of a compliance application (compliance.md §9.3, §10.5). `changed` stands for other documents: what was rejected can be changed
 * and submitted again, what is submitted is frozen.
 *
 * | state | event | next |
 * |---|---|---|
 * | draft | changed | draft |
 * | draft | submit | submitted |
 * | submitted | approved | accepted |
 * | submitted | rejected | rejected |
 * | rejected | changed | rejected |
 * | rejected | submit | submitted |
 * | accepted | suspended | suspended |
 * | accepted | expired | expired |
 */
export const applicationStates = ['draft', 'submitted', 'accepted', 'rejected', 'suspended', 'expired'] as const;
export type ApplicationState = (typeof applicationStates)[number];
export const applicationEvents = ['changed', 'submit', 'approved', 'rejected', 'suspended', 'expired'] as const;
export type ApplicationEvent = (typeof applicationEvents)[number];

export const applicationTable: StateTable<ApplicationState, ApplicationEvent> = {
  draft: { changed: 'draft', submit: 'submitted' },
  submitted: { approved: 'accepted', rejected: 'rejected' },
  accepted: { suspended: 'suspended', expired: 'expired' },
  rejected: { changed: 'rejected', submit: 'submitted' },
  suspended: {},
  expired: {},
};
