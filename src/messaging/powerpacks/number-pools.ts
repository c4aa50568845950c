import type { Scope } from '../../accounts/account.ts';
import { invalidParameter, notFound, Problem } from '../../errors/catalogue.ts';
import type { InventoryStore } from '../../numbers/inventory-store.ts';
import type { NumberType, OwnedNumber } from '../../numbers/number.ts';
import type { NumberStore } from '../../numbers/number-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { NumberPoolStore, PoolList, PoolNumber } from './number-pool-store.ts';
import type { PoolService, Powerpack } from './powerpack.ts';
import type { PowerpackStore } from './powerpack-store.ts';

export interface PoolAddition {
  readonly number: string;
  readonly list: PoolList;
  readonly service: PoolService;
  /** Buy it first when the account does not have it. */
  readonly rent: boolean;
  readonly idempotencyKey: string | undefined;
  readonly at: Date;
}

export interface NumberPoolsDependencies {
  readonly store: NumberPoolStore;
  readonly powerpacks: Pick<PowerpackStore, 'findAnyByPool'>;
  readonly clock: Clock;
  readonly numbers: Pick<NumberStore, 'findWithin' | 'release'>;
  readonly inventory: Pick<InventoryStore, 'buy'>;
  /** Somebody's number, credit or pool is not any more what it was. */
  readonly changed: (powerpackId: string, number: string, accountId: string) => void;
}

/** Types of numbers that each list takes; toll-free numbers are taken by the list of all numbers too. */
const TYPES: Readonly<Record<PoolList, readonly NumberType[]>> = {
  number: ['local', 'national', 'fixed', 'mobile', 'tollfree'],
  tollfree: ['tollfree'],
  shortcode: ['shortcode'],
};

/** Puts numbers into pools and takes them out, renting and giving them up on the way. */
export class NumberPools {
  readonly #needs: NumberPoolsDependencies;

  constructor(dependencies: NumberPoolsDependencies) {
    this.#needs = dependencies;
  }

  /** The operator's way in for short codes. A short code of another pool, or a second one of a country, is a `conflict`. */
  async addShortCode(poolId: string, shortCode: string): Promise<void> {
    const powerpack = await this.#needs.powerpacks.findAnyByPool(poolId);
    if (!powerpack) throw notFound();
    await this.#put(powerpack, await this.#owned(powerpack, shortCode), {
      number: shortCode,
      list: 'shortcode',
      service: 'sms',
      at: new Date(this.#needs.clock.now()),
    });
  }

  /** Adding a member again adds the ability to send MMS, and changes nothing else. */
  async add(scope: Scope, powerpack: Powerpack, addition: PoolAddition): Promise<PoolNumber> {
    const { number } = addition;
    const owned =
      (await this.#owned(powerpack, number)) ?? (addition.rent ? await this.#rent(scope, powerpack, addition) : undefined);
    return this.#put(powerpack, owned, addition);
  }

  async #put(
    powerpack: Powerpack,
    owned: OwnedNumber | undefined,
    { number, list, service, at }: Pick<PoolAddition, 'number' | 'list' | 'service' | 'at'>,
  ): Promise<PoolNumber> {
    if (!owned) throw new Problem('not_found', `not found: the account has no number ${number}`);
    if (!TYPES[list].includes(owned.type)) {
      throw invalidParameter('number', `number parameter is invalid: ${number} is of type ${owned.type}`);
    }
    if (!owned.smsEnabled) throw invalidParameter('number', `number parameter is invalid: ${number} is not SMS-enabled`);
    if (service === 'mms' && !owned.mmsEnabled) {
      throw invalidParameter('service', `service parameter is invalid: ${number} is not MMS-enabled`);
    }
    await this.#needs.store.add(powerpack.poolId, {
      number,
      list,
      mms: service === 'mms',
      countryIso: owned.countryIso,
      at,
    });
    this.#needs.changed(powerpack.powerpackId, number, powerpack.accountId);
    const added = await this.#needs.store.find(powerpack.poolId, list, number, undefined);
    if (!added) throw notFound();
    return added;
  }

  /** Takes it out of the pool; `unrent` gives it up altogether. `not_found` when it is not in that list. */
  async remove(powerpack: Powerpack, list: PoolList, number: string, unrent: boolean): Promise<void> {
    const removed = await this.#needs.store.remove(powerpack.poolId, list, number);
    if (!removed) throw notFound();
    if (unrent && list !== 'shortcode') await this.#release(powerpack, number);
    this.#needs.changed(powerpack.powerpackId, number, powerpack.accountId);
  }

  /** Gives up every number of the pool but its short codes. */
  async releaseAll(powerpack: Powerpack): Promise<void> {
    for (const number of await this.#needs.store.rented(powerpack)) {
      await this.#release(powerpack, number);
      this.#needs.changed(powerpack.powerpackId, number, powerpack.accountId);
    }
  }

  #owned({ accountId, subaccountId }: Powerpack, number: string): Promise<OwnedNumber | undefined> {
    return this.#needs.numbers.findWithin({ accountId, subaccountId: subaccountId ?? undefined }, number);
  }

  async #rent(scope: Scope, powerpack: Powerpack, addition: PoolAddition): Promise<OwnedNumber | undefined> {
    if (!scope.byMainAccount) throw new Problem('forbidden', 'renting a number needs the credentials of the main account');
    const bought = await this.#needs.inventory.buy({
      number: addition.number,
      accountId: powerpack.accountId,
      subaccountId: powerpack.subaccountId,
      appId: undefined,
      alias: undefined,
      cnamLookup: undefined,
      complianceId: undefined,
      idempotencyKey: addition.idempotencyKey,
      at: addition.at,
    });
    return bought ? await this.#owned(powerpack, addition.number) : undefined;
  }

  async #release(powerpack: Powerpack, number: string): Promise<void> {
    if (await this.#owned(powerpack, number)) await this.#needs.numbers.release(powerpack.accountId, number);
  }
}
