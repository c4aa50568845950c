import type { BrandFacts } from './brands.ts';
import type { CampaignUsecase } from './enums.ts';

/**
 * What operators let a campaign send (compliance.md §4, messaging.md §17): a sole proprietor 15 messages a minute, a low-volume
 * campaign 0.75 a second, a campaign of a brand without secondary vetting 3.75 a second, one of a vetted brand 75.
 */
export interface CampaignTier {
  readonly name: 'sole_proprietor' | 'low_volume' | 'standard' | 'vetted';
  readonly messagesPerMinute: number;
  /** Daily tier of T-Mobile. */
  readonly brandTier: 'SOLE_PROPRIETOR' | 'LOW' | 'TOP';
}

const tiers: Readonly<Record<CampaignTier['name'], CampaignTier>> = {
  sole_proprietor: { name: 'sole_proprietor', messagesPerMinute: 15, brandTier: 'SOLE_PROPRIETOR' },
  low_volume: { name: 'low_volume', messagesPerMinute: 45, brandTier: 'LOW' },
  standard: { name: 'standard', messagesPerMinute: 225, brandTier: 'LOW' },
  vetted: { name: 'vetted', messagesPerMinute: 4_500, brandTier: 'TOP' },
};

/** Scores below it earn no more than an unvetted brand has. */
const VETTED_FROM = 50;

/** The tier of a campaign; one of an imported campaign's unknown brand is the standard one. */
export function tierOf(usecase: CampaignUsecase | undefined, brand: BrandFacts | undefined): CampaignTier {
  if (usecase === 'STARTER' || brand?.brandType === 'STARTER') return tiers.sole_proprietor;
  if (usecase === 'LOW_VOLUME') return tiers.low_volume;
  return (brand?.vettingScore ?? 0) >= VETTED_FROM ? tiers.vetted : tiers.standard;
}
