import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import { pay } from '../billing/charges.ts';
import type { Micros } from '../billing/money.ts';
import { invalidParameter, missingParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { BrandFacts, Brands } from './brands.ts';
import { type CampaignState, campaignTable } from './campaign-machine.ts';
import type { CampaignNumberStore } from './campaign-number-store.ts';
import { type CampaignTier, tierOf } from './campaign-tiers.ts';
import { campaignDeclineCodes, DEFAULT_DECLINE_CODE } from './decline-codes.ts';
import type { CampaignUsecase, StatusCallback } from './enums.ts';
import type { NumberMirrorStore } from './number-mirror-store.ts';
import { equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { ID_ATTEMPTS, type Making, owned, ownerIdOf, registryId } from './ownership.ts';
import type { Proceedings, Step } from './proceedings.ts';
import type { Decider } from './registry/casework.ts';
import { after, requireAfter } from './state-machine.ts';

/** Texts of a campaign that may be changed after it was declined (compliance.md §4.5). */
export interface CampaignTexts {
  readonly alias?: string | undefined;
  readonly resellerId?: string | undefined;
  readonly description?: string | undefined;
  readonly sample1?: string | undefined;
  readonly sample2?: string | undefined;
  readonly sample3?: string | undefined;
  readonly sample4?: string | undefined;
  readonly sample5?: string | undefined;
  readonly messageFlow?: string | undefined;
  readonly helpMessage?: string | undefined;
  readonly helpKeywords?: string | undefined;
  readonly optinKeywords?: string | undefined;
  readonly optinMessage?: string | undefined;
  readonly optoutKeywords?: string | undefined;
  readonly optoutMessage?: string | undefined;
  readonly termsAndConditionsLink?: string | undefined;
  readonly privacyPolicyLink?: string | undefined;
}

export interface CampaignAttributes {
  readonly embeddedLink: boolean;
  readonly embeddedPhone: boolean;
  readonly ageGated: boolean;
  readonly directLending: boolean;
  readonly subscriberOptin: boolean;
  readonly subscriberOptout: boolean;
  readonly subscriberHelp: boolean;
  readonly affiliateMarketing: boolean;
}

/** What a brand sends, and how people agreed to it (compliance.md §4). Of one registered elsewhere only its alias is known. */
export interface CampaignFacts extends CampaignTexts {
  readonly source: 'plivo' | 'shared';
  readonly brandId?: string | undefined;
  readonly vertical?: string | undefined;
  readonly usecase?: CampaignUsecase | undefined;
  readonly subUsecases?: readonly string[] | undefined;
  readonly attributes?: CampaignAttributes | undefined;
  readonly callback?: StatusCallback | undefined;
  /** Set when it is accepted. */
  readonly tier?: CampaignTier | undefined;
  readonly declined?: { readonly code: string; readonly reason: string; readonly description: string } | undefined;
}

export type Campaign = Owned<CampaignState, CampaignFacts>;

export interface CampaignFilter {
  readonly usecase?: string | undefined;
  readonly brandId?: string | undefined;
  readonly status?: CampaignState | undefined;
  readonly source?: string | undefined;
}

/** What these are for is said by two to five uses (compliance.md §4.1). */
const NEEDS_SUB_USECASES: ReadonlySet<CampaignUsecase> = new Set(['MIXED', 'LOW_VOLUME', 'STARTER']);
const LEAST_SUB_USECASES = 2;
const MOST_SUB_USECASES = 5;

export interface CampaignsDependencies {
  readonly proceedings: Proceedings;
  readonly brands: Brands;
  readonly numbers: CampaignNumberStore;
  readonly mirror: NumberMirrorStore;
  /** Of putting a campaign before the registry. */
  readonly vettingPrice: () => Micros;
}

export class Campaigns {
  readonly store: OwnedStore<CampaignState, CampaignFacts>;
  readonly #needs: CampaignsDependencies;

  constructor(needs: CampaignsDependencies) {
    this.#needs = needs;
    this.store = new OwnedStore(needs.proceedings.pool, 'tendlc_campaigns');
  }

  async create(
    making: Making,
    facts: CampaignFacts & { readonly brandId: string; readonly usecase: CampaignUsecase },
  ): Promise<string> {
    const { proceedings, brands } = this.#needs;
    return proceedings.run(async (step) => {
      const brand = await brands.store.lockWithin(step.client, reachOf(making.scope), facts.brandId);
      if (!brand) throw invalidParameter('brand_id', 'brand_id parameter is invalid: the account has no such brand');
      if (brand.status !== 'COMPLETED') throw new Problem('conflict', 'The brand is not registered.', { parameter: 'brand_id' });
      if (!brands.usecasesOf(brand).includes(facts.usecase)) {
        const which = brands.usecasesOf(brand).join(', ');
        throw invalidParameter('usecase', `usecase parameter is invalid: for this brand one of ${which} is expected`);
      }
      checkSubUsecases(facts.usecase, facts.subUsecases ?? []);
      for (let attempt = 0; attempt < ID_ATTEMPTS; attempt++) {
        const id = registryId('C', making, proceedings.ids, attempt);
        if (await this.#begin(step, owned(making, id, 'PROCESSING' as const, facts), 'campaign')) return id;
        // The same request has run before.
        const present = making.idempotencyKey && (await this.store.findWithin(reachOf(making.scope), id, step.client));
        if (present) return id;
      }
      throw new Problem('unavailable', 'no id is free for the campaign, try again', { retryAfterSeconds: 1 });
    });
  }

  /** Takes over a campaign that was registered elsewhere and is shared with this provider. */
  async importShared(
    making: Making,
    given: { readonly id: string; readonly alias: string; readonly callback?: StatusCallback | undefined },
  ): Promise<void> {
    await this.#needs.proceedings.run(async (step) => {
      const { id, alias, callback } = given;
      const campaign = owned(making, id, 'PROCESSING' as const, { source: 'shared', alias, callback } satisfies CampaignFacts);
      if (await this.#begin(step, campaign, 'campaign_import')) return;
      const present = making.idempotencyKey && (await this.store.findWithin(reachOf(making.scope), id, step.client));
      if (!present) throw new Problem('conflict', 'The campaign has been imported already.', { parameter: 'campaign_id' });
    });
  }

  async get(scope: Scope, id: string): Promise<Campaign> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(scope: Scope, filter: CampaignFilter, page: PageRequest): Promise<Found<Campaign>> {
    const { usecase, brandId, status, source } = filter;
    return this.store.list(reachOf(scope), equalTo({ usecase, brand_id: brandId, status, source }), page);
  }

  /** Changes texts of a declined campaign and puts it before the registry again. */
  async update(scope: Scope, id: string, texts: CampaignTexts): Promise<Campaign> {
    return this.#needs.proceedings.run(async (step) => {
      const campaign = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!campaign) throw notFound();
      const refusal = `The campaign is ${campaign.status}, it can be updated when it is FAILED.`;
      const status = requireAfter(campaignTable, campaign.status, 'updated', refusal);
      const facts: CampaignFacts = { ...campaign.facts, ...texts, declined: undefined };
      await this.store.update(step.client, id, { status, facts, at: step.at });
      const changed = { ...campaign, status, facts, updatedAt: step.at };
      await this.#ask(step, changed, facts.source === 'shared' ? 'campaign_import' : 'campaign');
      return changed;
    });
  }

  /** Ends the campaign; its numbers are unregistered. Refused while one of them is being processed. */
  async deactivate(scope: Scope, id: string): Promise<void> {
    const { proceedings, numbers } = this.#needs;
    await proceedings.run(async (step) => {
      const campaign = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!campaign) throw notFound();
      const counts = await numbers.count(id, step.client);
      if (counts.LINKING + counts.UNLINKING > 0) {
        throw new Problem('conflict', 'The campaign has numbers that are being processed.');
      }
      await this.#unregisterNumbers(step, campaign);
      await step.withdraw('campaign', id);
      await step.withdraw('campaign_import', id);
      await this.store.delete(step.client, id);
    });
  }

  /** The registry ends the campaign. False when there is no such campaign, or it is not active. */
  async expire(id: string): Promise<boolean> {
    return this.#needs.proceedings.run(async (step) => {
      const campaign = await this.store.lock(step.client, id);
      const status = campaign && after(campaignTable, campaign.status, 'expired');
      if (!campaign || !status) return false;
      await this.#unregisterNumbers(step, campaign);
      await this.store.update(step.client, id, { status, at: step.at });
      return true;
    });
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const campaign = await this.store.lock(step.client, subjectId);
    const approved = verdict.outcome === 'approved';
    const status = campaign && after(campaignTable, campaign.status, approved ? 'approved' : 'rejected');
    if (!campaign || !status) return;
    const code = verdict.code ?? DEFAULT_DECLINE_CODE;
    const known = campaignDeclineCodes.get(code);
    const declined = {
      code,
      reason: verdict.reason ?? known?.reason ?? 'Declined',
      description: known?.description ?? verdict.reason ?? 'The registry declined the campaign.',
    };
    const facts: CampaignFacts = approved
      ? { ...campaign.facts, tier: tierOf(campaign.facts.usecase, await this.#brandOf(step, campaign)) }
      : { ...campaign.facts, declined };
    await this.store.update(step.client, campaign.id, { status, facts, at: step.at });
    this.#tell(step, campaign, approved ? 'registered' : 'rejected', approved ? undefined : declined);
  };

  async #brandOf(step: Step, campaign: Campaign): Promise<BrandFacts | undefined> {
    const { brandId } = campaign.facts;
    return brandId === undefined ? undefined : (await this.#needs.brands.store.lock(step.client, brandId))?.facts;
  }

  /** False when the id is taken. */
  async #begin(step: Step, campaign: Campaign, kind: 'campaign' | 'campaign_import'): Promise<boolean> {
    if (!(await this.store.insert(campaign, step.client))) return false;
    await this.#ask(step, campaign, kind);
    this.#tell(step, campaign, 'created', undefined);
    return true;
  }

  /** Vetting is paid for each time; what was imported is vetted elsewhere. */
  async #ask(step: Step, campaign: Campaign, kind: 'campaign' | 'campaign_import'): Promise<void> {
    if (kind === 'campaign') await this.#charge(step, campaign);
    const { callback: _callback, ...facts } = campaign.facts;
    return step.ask({ kind, subjectId: campaign.id, accountId: campaign.accountId, facts });
  }

  /** @throws Problem `insufficient_credit`: then nothing of the step is kept */
  #charge({ client, at }: Step, { id, accountId, subaccountId }: Campaign): Promise<void> {
    return pay(client, {
      accountId,
      ownerId: ownerIdOf({ accountId, subaccountId }),
      kind: 'campaign_vetting',
      micros: this.#needs.vettingPrice(),
      at: at.getTime(),
      key: `campaign_vetting:${id}:${this.#needs.proceedings.ids.uuid()}`,
      detail: id,
    });
  }

  #tell(
    step: Step,
    campaign: Campaign,
    status: 'created' | 'registered' | 'rejected',
    cause: { readonly code: string; readonly reason: string } | undefined,
  ): void {
    const { callback, brandId } = campaign.facts;
    if (!callback) return;
    step.tell({
      kind: 'campaign',
      ownerId: ownerIdOf(campaign),
      callback,
      at: step.at,
      campaignId: campaign.id,
      brandId,
      status,
      ...(cause && { cause }),
    });
  }

  async #unregisterNumbers(step: Step, campaign: Campaign): Promise<void> {
    for (const number of await this.#needs.numbers.removeAll(step.client, campaign.id)) {
      await step.withdraw('number_linking', number);
      await step.withdraw('number_unlinking', number);
      await this.#needs.mirror.set(step.client, campaign.accountId, number, {
        tendlcRegistrationStatus: undefined,
        tendlcCampaignId: undefined,
      });
      step.touched(number);
    }
  }
}

function checkSubUsecases(usecase: CampaignUsecase, given: readonly string[]): void {
  if (!NEEDS_SUB_USECASES.has(usecase)) return;
  if (given.length === 0) throw missingParameter('sub_usecases');
  if (given.length < LEAST_SUB_USECASES || given.length > MOST_SUB_USECASES) {
    const expected = `${LEAST_SUB_USECASES} to ${MOST_SUB_USECASES} values are expected for ${usecase}`;
    throw invalidParameter('sub_usecases', `sub_usecases parameter is invalid: ${expected}`);
  }
}
