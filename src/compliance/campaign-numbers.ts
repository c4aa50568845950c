import type { Scope } from '../accounts/account.ts';
import { type PageRequest, reachOf } from '../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { NumberStore } from '../numbers/number-store.ts';
import { type LinkState, linkTable } from './campaign-machine.ts';
import type { CampaignNumber, CampaignNumberStore } from './campaign-number-store.ts';
import type { Campaign, Campaigns } from './campaigns.ts';
import type { StatusCallback } from './enums.ts';
import type { NumberMirrorStore } from './number-mirror-store.ts';
import { ownerIdOf } from './ownership.ts';
import type { Proceedings, Step } from './proceedings.ts';
import type { RegistryCase, Verdict } from './registry/case.ts';
import type { Decider } from './registry/casework.ts';
import { after } from './state-machine.ts';

/** Numbers that one campaign may have: beyond that operators want it to be reviewed as a pool (compliance.md §5). */
export const NUMBER_POOL_LIMIT = 49;

export interface CampaignNumbersDependencies {
  readonly proceedings: Proceedings;
  readonly campaigns: Campaigns;
  readonly links: CampaignNumberStore;
  readonly numbers: NumberStore;
  readonly mirror: NumberMirrorStore;
}

const notLinked = (number: string) => new Problem('not_found', `The number ${number} is not linked to this campaign`);
const invalidNumber = (number: string) => invalidParameter('numbers', `The number ${number} is not a valid number`);

/** US long codes at campaigns: what makes them registered senders. */
export class CampaignNumbers {
  readonly #needs: CampaignNumbersDependencies;

  constructor(needs: CampaignNumbersDependencies) {
    this.#needs = needs;
  }

  /** Asks to link numbers, all of them or none. */
  async link(
    scope: Scope,
    campaignId: string,
    numbers: readonly string[],
    callback: StatusCallback | undefined,
    isRepetition: boolean,
  ): Promise<void> {
    const { proceedings, campaigns, links } = this.#needs;
    for (const number of numbers) await this.#checkOwned(scope, number);
    await proceedings.run(async (step) => {
      const campaign = await campaigns.store.lockWithin(step.client, reachOf(scope), campaignId);
      if (!campaign) throw notFound();
      if (campaign.status !== 'ACTIVE') throw new Problem('conflict', `The campaign is ${campaign.status}, it must be ACTIVE.`);
      const counts = await links.count(campaignId, step.client);
      let room = NUMBER_POOL_LIMIT - counts.LINKING - counts.LINKED - counts.UNLINKING;
      for (const number of numbers) {
        const earlier = await links.lock(step.client, number);
        if (isRepetition && earlier?.campaignId === campaignId) continue;
        const status = after(linkTable, stateOf(earlier), 'link');
        if (status !== 'LINKING') {
          throw invalidParameter('numbers', `The number ${number} is already requested for linking`);
        }
        if (room-- <= 0) throw invalidParameter('numbers', `A campaign can have ${NUMBER_POOL_LIMIT} numbers.`);
        await this.#move(step, campaign, { number, campaignId, status, callback });
        await this.#ask(step, campaign, number, 'number_linking', callback);
      }
    });
  }

  /** Asks to unlink a number. One that could not be linked is forgotten at once. */
  async unlink(scope: Scope, campaignId: string, number: string, callback: StatusCallback | undefined): Promise<void> {
    const { proceedings, campaigns, links } = this.#needs;
    await proceedings.run(async (step) => {
      const campaign = await campaigns.store.lockWithin(step.client, reachOf(scope), campaignId);
      if (!campaign) throw notFound();
      const link = await links.lock(step.client, number);
      if (link?.campaignId !== campaignId) throw notLinked(number);
      const status = after(linkTable, link.status, 'unlink');
      if (status === undefined) throw new Problem('conflict', `The number ${number} is being processed`);
      if (status === 'UNREGISTERED') return this.#forget(step, campaign, number);
      await this.#move(step, campaign, { number, campaignId, status, callback });
      await this.#ask(step, campaign, number, 'number_unlinking', callback);
    });
  }

  async get(scope: Scope, campaignId: string, number: string): Promise<{ campaign: Campaign; entry: CampaignNumber }> {
    const campaign = await this.#needs.campaigns.get(scope, campaignId);
    const entry = await this.#needs.links.find(number);
    if (entry?.campaignId !== campaignId) throw notLinked(number);
    return { campaign, entry };
  }

  async list(scope: Scope, campaignId: string, page: PageRequest) {
    const campaign = await this.#needs.campaigns.get(scope, campaignId);
    const { links } = this.#needs;
    return { campaign, entries: await links.list(campaignId, page), counts: await links.count(campaignId) };
  }

  readonly decideLinking: Decider = (step, decided, verdict) => this.#decide(step, decided, verdict, 'LINKING');
  readonly decideUnlinking: Decider = (step, decided, verdict) => this.#decide(step, decided, verdict, 'UNLINKING');

  async #decide(step: Step, decided: RegistryCase, verdict: Verdict, expected: 'LINKING' | 'UNLINKING'): Promise<void> {
    const { campaigns, links } = this.#needs;
    const link = await links.lock(step.client, decided.subjectId);
    const campaign = link && (await campaigns.store.lock(step.client, link.campaignId));
    if (!campaign || link.status !== expected) return;
    const approved = verdict.outcome === 'approved';
    const status = after(linkTable, link.status, approved ? 'approved' : 'rejected');
    if (status === undefined) return;
    if (status === 'UNREGISTERED') await this.#forget(step, campaign, link.number);
    else await this.#move(step, campaign, { ...link, status }, false);
    if (!link.callback) return;
    const told = {
      kind: expected === 'LINKING' ? 'number_linking' : 'number_unlinking',
      ownerId: ownerIdOf(campaign),
      callback: link.callback,
      at: step.at,
      campaignId: campaign.id,
      number: link.number,
    } as const;
    const cause = { code: verdict.code, reason: verdict.reason };
    step.tell(approved ? { ...told, status: 'success' } : { ...told, status: 'failed', cause });
  }

  async #checkOwned(scope: Scope, number: string): Promise<void> {
    const found = /^\d{3,15}$/.test(number) ? await this.#needs.numbers.findWithin(reachOf(scope), number) : undefined;
    if (found?.countryIso !== 'US' || found.type === 'tollfree' || found.type === 'shortcode') throw invalidNumber(number);
  }

  /** Writes where the number stands, here and at the number itself. */
  async #move(step: Step, campaign: Campaign, entry: CampaignNumber, isRequest = true): Promise<void> {
    const { links, mirror } = this.#needs;
    await links.put(step.client, entry, step.at);
    const shown = mirrored(entry.status);
    const isOwned = await mirror.set(step.client, campaign.accountId, entry.number, {
      tendlcRegistrationStatus: shown,
      tendlcCampaignId: shown === undefined ? undefined : campaign.id,
    });
    if (!isOwned && isRequest) throw invalidNumber(entry.number);
    step.touched(entry.number);
  }

  async #forget(step: Step, campaign: Campaign, number: string): Promise<void> {
    await this.#needs.links.remove(step.client, number);
    await this.#needs.mirror.set(step.client, campaign.accountId, number, {
      tendlcRegistrationStatus: undefined,
      tendlcCampaignId: undefined,
    });
    step.touched(number);
  }

  async #ask(
    step: Step,
    campaign: Campaign,
    number: string,
    kind: 'number_linking' | 'number_unlinking',
    callback: StatusCallback | undefined,
  ): Promise<void> {
    const facts = { number, campaignId: campaign.id, campaignAlias: campaign.facts.alias, usecase: campaign.facts.usecase };
    await step.ask({ kind, subjectId: number, accountId: campaign.accountId, facts });
    if (!callback) return;
    step.tell({ kind, ownerId: ownerIdOf(campaign), callback, at: step.at, campaignId: campaign.id, number, status: 'created' });
  }
}

const stateOf = (link: CampaignNumber | undefined): LinkState => link?.status ?? 'UNREGISTERED';

/** What the number itself says (account-numbers.md §8); undefined: unregistered. */
function mirrored(status: CampaignNumber['status']): 'PROCESSING' | 'COMPLETED' | undefined {
  if (status === 'FAILED') return undefined;
  return status === 'LINKED' ? 'COMPLETED' : 'PROCESSING';
}
