import type { StateTable } from './state-machine.ts';

/**
 * States of a campaign (compliance.md §6). A campaign that is deactivated is gone.
 *
 * | state | event | next |
 * |---|---|---|
 * | PROCESSING | approved | ACTIVE |
 * | PROCESSING | rejected | FAILED |
 * | FAILED | updated | PROCESSING |
 * | ACTIVE | expired | EXPIRED |
 */
export const campaignStates = ['PROCESSING', 'ACTIVE', 'FAILED', 'EXPIRED'] as const;
export type CampaignState = (typeof campaignStates)[number];
export const campaignEvents = ['approved', 'rejected', 'updated', 'expired'] as const;
export type CampaignEvent = (typeof campaignEvents)[number];

export const campaignTable: StateTable<CampaignState, CampaignEvent> = {
  PROCESSING: { approved: 'ACTIVE', rejected: 'FAILED' },
  ACTIVE: { expired: 'EXPIRED' },
  FAILED: { updated: 'PROCESSING' },
  EXPIRED: {},
};

/**
 * States of a number at a campaign (compliance.md §6). A number without a row is UNREGISTERED; LINKING and UNLINKING are both shown as
 * PROCESSING.
 *
 * | state | event | next |
 * |---|---|---|
 * | UNREGISTERED | link | LINKING |
 * | LINKING | approved | LINKED |
 * | LINKING | rejected | FAILED |
 * | FAILED | link | LINKING |
 * | FAILED | unlink | UNREGISTERED |
 * | LINKED | unlink | UNLINKING |
 * | UNLINKING | approved | UNREGISTERED |
 * | UNLINKING | rejected | LINKED |
 */
export const linkStates = ['UNREGISTERED', 'LINKING', 'LINKED', 'FAILED', 'UNLINKING'] as const;
export type LinkState = (typeof linkStates)[number];
export const linkEvents = ['link', 'unlink', 'approved', 'rejected'] as const;
export type LinkEvent = (typeof linkEvents)[number];

export const linkTable: StateTable<LinkState, LinkEvent> = {
  UNREGISTERED: { link: 'LINKING' },
  LINKING: { approved: 'LINKED', rejected: 'FAILED' },
  LINKED: { unlink: 'UNLINKING' },
  FAILED: { link: 'LINKING', unlink: 'UNREGISTERED' },
  UNLINKING: { approved: 'UNREGISTERED', rejected: 'LINKED' },
};
