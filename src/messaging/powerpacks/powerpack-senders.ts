import type { Scope } from '../../accounts/account.ts';
import type { PhoneNumber } from '../phone-number.ts';
import type { RegistrationRules } from '../registration.ts';
import type { Usage } from '../usage.ts';
import type { PoolService, Powerpack } from './powerpack.ts';
import type { LoadedPowerpack } from './powerpack-directory.ts';
import type { ChoiceFacts, SenderChoice } from './sender-choice.ts';

/** What selection asks about Powerpacks; the directory answers it. */
export interface Powerpacks {
  find(powerpackId: string): Promise<LoadedPowerpack | undefined>;
}

/** What selection asks about destinations; sticky senders answer it. */
export interface KnownSenders {
  find(poolId: string, destination: string): Promise<string | undefined>;
  claim(poolId: string, destination: string, number: string): Promise<string | undefined>;
}

export interface PowerpackSendersDependencies {
  readonly powerpacks: Powerpacks;
  readonly sticky: KnownSenders;
  readonly usage: Pick<Usage, 'prepare' | 'peek' | 'count'>;
  /** What the operator enforces of registration. Whether a number is registered at all stands with the number. */
  readonly registration: Pick<RegistrationRules, 'standingOf'>;
}

interface Made {
  readonly facts: ChoiceFacts;
  readonly choice: SenderChoice;
}

/** Turns are counted in memory; a number of this size is far from losing whole numbers. */
const MAX_TURN = 2 ** 31;

/** Chooses the senders of the messages of one request. Asks storage for what is not at hand once a request, not once a message. */
export class PowerpackSenders {
  readonly #needs: PowerpackSendersDependencies;
  #turn = 0;

  constructor(dependencies: PowerpackSendersDependencies) {
    this.#needs = dependencies;
  }

  /** The Powerpack as long as the caller may use it: a subaccount has its own only. */
  async find(scope: Scope, powerpackId: string): Promise<LoadedPowerpack | undefined> {
    const found = await this.#needs.powerpacks.find(powerpackId);
    if (found?.powerpack.accountId !== scope.account.authId) return undefined;
    return scope.subaccount === null || found.powerpack.subaccountId === scope.subaccount.authId ? found : undefined;
  }

  /** In the order of the destinations; undefined where no number of the pool can send the message. */
  async choose(
    loaded: LoadedPowerpack,
    service: PoolService,
    destinations: readonly PhoneNumber[],
  ): Promise<readonly (SenderChoice | undefined)[]> {
    const { powerpack, senders } = loaded;
    const { usage, sticky } = this.#needs;
    const scopeOf = (number: string) => usageScope(powerpack, number);
    await usage.prepare(
      senders.longCodes.map(({ number }) => scopeOf(number)),
      'day',
    );
    const isSticky = powerpack.stickySender;
    const known = isSticky ? await Promise.all(destinations.map(({ digits }) => sticky.find(powerpack.poolId, digits))) : [];
    const choices: (Made | undefined)[] = [];
    for (const [index, destination] of destinations.entries()) {
      const facts: ChoiceFacts = {
        destination,
        service,
        sticky: known[index],
        turn: this.#nextTurn(),
        sentToday: (number) => usage.peek(scopeOf(number), 'day'),
        standingOf: (number, country) => this.#needs.registration.standingOf(number, country),
      };
      const choice = senders.choose(facts);
      choices.push(choice && { facts, choice });
      // One after the other: the next destination sees what this one takes. The counter is at hand, nothing is waited for.
      if (choice?.sender.senderClass === 'longcode') await usage.count(scopeOf(choice.sender.number), 'day');
    }
    if (!isSticky) return choices.map((made) => made?.choice);
    return await Promise.all(choices.map((made) => made && this.#kept(loaded, made)));
  }

  /** A destination that has no number yet, or had one that has left the pool, keeps the one chosen now. */
  async #kept(loaded: LoadedPowerpack, { facts, choice }: Made): Promise<SenderChoice> {
    const isKnown = facts.sticky !== undefined && loaded.senders.find(facts.sticky) !== undefined;
    return isKnown ? choice : await this.#keep(loaded, facts, choice);
  }

  /** Another request may have chosen for the same destination a moment ago: then that one's number stands, when it can send this. */
  async #keep({ powerpack, senders }: LoadedPowerpack, facts: ChoiceFacts, choice: SenderChoice): Promise<SenderChoice> {
    const { number } = choice.sender;
    const standing = await this.#needs.sticky.claim(powerpack.poolId, facts.destination.digits, number);
    if (standing === undefined || standing === number) return choice;
    const other = senders.choose({ ...facts, sticky: standing });
    return other?.reason === 'sticky sender' ? other : choice;
  }

  #nextTurn(): number {
    this.#turn = (this.#turn + 1) % MAX_TURN;
    return this.#turn;
  }
}

const usageScope = ({ accountId }: Powerpack, number: string) => `powerpack:${accountId}:${number}`;
