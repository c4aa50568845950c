import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import type { Micros } from '../billing/money.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import { type BrandState, brandTable } from './brand-machine.ts';
import { type BrandType, type CampaignUsecase, campaignUsecases, type StatusCallback } from './enums.ts';
import { equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { ID_ATTEMPTS, type Making, owned, ownerIdOf, registryId } from './ownership.ts';
import type { Proceedings } from './proceedings.ts';
import { type ProfileFacts, type Profiles, profileNotFound } from './profiles.ts';
import { takeFee } from './registration-fee.ts';
import type { Decider } from './registry/casework.ts';
import { after } from './state-machine.ts';

/** A business as the campaign registry knows it (compliance.md §3): the profile as it was when the brand was registered. */
export interface BrandFacts {
  readonly alias: string;
  readonly brandType: BrandType;
  readonly profileId: string;
  readonly secondaryVetting: boolean;
  readonly business: Omit<ProfileFacts, 'alias'>;
  readonly callback?: StatusCallback | undefined;
  /** Set when the brand was vetted on top of being registered. */
  readonly vettingScore?: number | undefined;
  /** The code that was sent to the contact of a sole proprietor: when, how many wrong ones came back, and when the right one. */
  readonly otp?: { readonly requestedAt: number; readonly wrong: number; readonly confirmedAt?: string } | undefined;
  readonly declinedReasons?: readonly { readonly code: string; readonly message: string }[] | undefined;
}

export type Brand = Owned<BrandState, BrandFacts>;

export interface NewBrand {
  readonly alias: string;
  readonly brandType: BrandType;
  readonly profileId: string;
  readonly secondaryVetting: boolean;
  readonly businessContactEmail?: string | undefined;
  readonly callback?: StatusCallback | undefined;
}

/** What a vetted brand scores when the registry names no figure: enough for the highest tier. */
const DEFAULT_VETTING_SCORE = 75;
const DECLINED_CODE = 'declined';
/** Of a code of six digits: whoever guesses has a chance of 5 in a million. */
const MAX_WRONG_CODES = 5;

/** What a code that came back is. */
export type CodeVerdict = 'right' | 'wrong' | 'lapsed';

export class Brands {
  readonly store: OwnedStore<BrandState, BrandFacts>;
  readonly #proceedings: Proceedings;
  readonly #profiles: Profiles;
  readonly #registrationPrice: () => Micros;

  /** `registrationPrice`: of putting a brand before the registry. */
  constructor(proceedings: Proceedings, profiles: Profiles, registrationPrice: () => Micros) {
    this.#proceedings = proceedings;
    this.#profiles = profiles;
    this.#registrationPrice = registrationPrice;
    this.store = new OwnedStore(proceedings.pool, 'tendlc_brands');
  }

  async create(making: Making, given: NewBrand): Promise<string> {
    const reach = reachOf(making.scope);
    return this.#proceedings.run(async (step) => {
      const profile = await this.#profiles.store.lockWithin(step.client, reach, given.profileId);
      if (!profile) throw profileNotFound();
      const { alias: _alias, callerReputation: _reputation, primaryProfile: _primary, ...business } = profile.facts;
      if (given.brandType === 'STANDARD' && business.ein === undefined) {
        throw invalidParameter('brand_type', 'brand_type parameter is invalid: STANDARD needs an ein on the profile');
      }
      const [earlier] = await this.store.select(reach, equalTo({ profile_id: profile.id }), 1, step.client);
      for (let attempt = 0; attempt < ID_ATTEMPTS; attempt++) {
        const id = registryId('B', making, this.#proceedings.ids, attempt);
        if (earlier?.id === id) return id;
        if (earlier) break;
        const brand = owned(making, id, 'PROCESSING' as const, {
          alias: given.alias,
          brandType: given.brandType,
          profileId: profile.id,
          secondaryVetting: given.brandType === 'STANDARD' && given.secondaryVetting,
          business: { ...business, businessContactEmail: given.businessContactEmail ?? business.businessContactEmail },
          callback: given.callback,
        });
        if (!(await this.store.insert(brand, step.client))) continue;
        const fee = { kind: 'brand_registration', micros: this.#registrationPrice(), key: `brand_registration:${id}` } as const;
        await takeFee(step, brand, fee);
        const { callback, ...facts } = brand.facts;
        await step.ask({ kind: 'brand', subjectId: id, accountId: brand.accountId, facts });
        if (callback)
          step.tell({ kind: 'brand', ownerId: ownerIdOf(brand), callback, at: step.at, brandId: id, status: 'created' });
        return id;
      }
      throw new Problem('conflict', 'The profile already backs another brand.', { parameter: 'profile_uuid' });
    });
  }

  async get(scope: Scope, id: string): Promise<Brand> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(
    scope: Scope,
    filter: { readonly type?: string | undefined; readonly status?: BrandState | undefined },
    page: PageRequest,
  ): Promise<Found<Brand>> {
    return this.store.list(reachOf(scope), equalTo({ brand_type: filter.type, status: filter.status }), page);
  }

  /** Takes the brand out of the registry. Refused while it is being processed and while it has campaigns. */
  async deactivate(scope: Scope, id: string): Promise<void> {
    await this.#proceedings.run(async (step) => {
      const brand = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!brand) throw notFound();
      if (brand.status === 'PROCESSING') throw new Problem('conflict', 'The brand is still being processed.');
      const campaigns = new OwnedStore(this.#proceedings.pool, 'tendlc_campaigns');
      if (await campaigns.isReferred(step.client, 'brand_id', id)) {
        throw new Problem('conflict', 'The brand has active campaigns, deactivate them first.');
      }
      await this.store.delete(step.client, id);
    });
  }

  /** Tells the registry that the contact of a sole proprietor's brand is to be asked for a one-time password (once more). */
  async requestOtp(scope: Scope, id: string, now: number): Promise<Brand> {
    const brand = await this.get(scope, id);
    if (brand.facts.brandType !== 'STARTER') throw new Problem('conflict', 'Only STARTER brands are confirmed by a password.');
    const asked = await this.#proceedings.amend('brand', id, { otpRequestedAt: new Date(now).toISOString() });
    if (!asked) throw new Problem('conflict', 'The brand is not being processed.');
    return this.#proceedings.run(async (step) => {
      const current = (await this.store.lockWithin(step.client, reachOf(scope), id)) ?? brand;
      const facts: BrandFacts = { ...current.facts, otp: { requestedAt: now, wrong: 0 } };
      await this.store.update(step.client, id, { facts, at: step.at });
      return { ...current, facts };
    });
  }

  /** Notes a code that has come back. The row is locked meanwhile, so that tries count one by one; after too many none is right. */
  async confirm(
    scope: Scope,
    id: string,
    now: number,
    judge: (requestedAt: number) => CodeVerdict,
  ): Promise<CodeVerdict | 'none'> {
    const verdict = await this.#proceedings.run(async (step) => {
      const brand = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!brand) throw notFound();
      const { otp } = brand.facts;
      if (!otp) return 'none' as const;
      const judged = otp.wrong >= MAX_WRONG_CODES ? 'lapsed' : judge(otp.requestedAt);
      const after = judged === 'right' ? { ...otp, confirmedAt: new Date(now).toISOString() } : { ...otp, wrong: otp.wrong + 1 };
      await this.store.update(step.client, id, { facts: { ...brand.facts, otp: after }, at: step.at });
      return judged;
    });
    if (verdict === 'right') await this.#proceedings.amend('brand', id, { otpConfirmedAt: new Date(now).toISOString() });
    return verdict;
  }

  /** What a campaign of the brand may be for. */
  usecasesOf(brand: Brand): readonly CampaignUsecase[] {
    return brand.facts.brandType === 'STARTER' ? ['STARTER'] : campaignUsecases.filter((usecase) => usecase !== 'STARTER');
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const brand = await this.store.lock(step.client, subjectId);
    const approved = verdict.outcome === 'approved';
    const status = brand && after(brandTable, brand.status, approved ? 'approved' : 'rejected');
    if (!brand || !status) return;
    const score = brand.facts.secondaryVetting ? (verdict.vettingScore ?? DEFAULT_VETTING_SCORE) : undefined;
    const cause = { code: verdict.code ?? DECLINED_CODE, reason: verdict.reason ?? 'The registry declined the brand' };
    const facts: BrandFacts = approved
      ? { ...brand.facts, vettingScore: score }
      : { ...brand.facts, declinedReasons: [{ code: cause.code, message: cause.reason }] };
    await this.store.update(step.client, brand.id, { status, facts, at: step.at });
    const { callback } = brand.facts;
    if (!callback) return;
    const told = { kind: 'brand', ownerId: ownerIdOf(brand), callback, at: step.at, brandId: brand.id } as const;
    step.tell(approved ? { ...told, status: 'registered' } : { ...told, status: 'rejected', cause });
  };
}
