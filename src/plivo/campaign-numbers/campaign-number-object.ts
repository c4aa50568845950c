import { Type } from 'typebox';
import type { CampaignNumber } from '../../compliance/campaign-number-store.ts';
import type { Campaign } from '../../compliance/campaigns.ts';

/** A number at a campaign (compliance.md §5). */
export const campaignNumberObject = Type.Object({ number: Type.String(), status: Type.String() });

const shown = { LINKING: 'PROCESSING', UNLINKING: 'PROCESSING', LINKED: 'COMPLETED', FAILED: 'FAILED' } as const;

export const renderCampaignNumber = ({ number, status }: CampaignNumber) => ({ number, status: shown[status] });

/** What stands above the numbers of a campaign. */
export const campaignHead = {
  campaign_id: Type.String(),
  campaign_alias: Type.String(),
  usecase: Type.String(),
};

export const renderHead = ({ id, facts }: Campaign) => ({
  campaign_id: id,
  campaign_alias: facts.alias ?? '',
  usecase: facts.usecase ?? '',
});

/** Digits of a number as SDKs and people write it. */
export const digitsOf = (written: string): string => written.replace(/[\s().-]/g, '').replace(/^\+/, '');
