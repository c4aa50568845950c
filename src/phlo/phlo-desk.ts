import type { Account } from '../accounts/account.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Ids, isUuid } from '../runtime/ids.ts';
import { buildPhlo, type DeclaredNode } from './build-phlo.ts';
import type { Phlo, PhloSource } from './phlo.ts';
import type { Phlos } from './phlos.ts';

export interface PhloDeskDependencies {
  readonly phlos: Pick<Phlos, 'store' | 'language'>;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** What of a PHLO can be changed. Absent = stays. */
export interface PhloChange {
  readonly name?: string | undefined;
  /** Digits; null = none. */
  readonly from?: string | null | undefined;
  readonly source?: PhloSource | undefined;
  readonly nodes?: readonly DeclaredNode[] | undefined;
}

export interface NewPhlo extends PhloChange {
  /** Undefined = a new one. */
  readonly phloId: string | undefined;
  /** Main account or subaccount. */
  readonly ownerId: string;
  readonly name: string;
  readonly source: PhloSource;
}

/** Where the operator makes, changes and removes PHLOs. */
export class PhloDesk {
  readonly #needs: PhloDeskDependencies;

  constructor(needs: PhloDeskDependencies) {
    this.#needs = needs;
  }

  /** @throws Problem */
  async create({ phloId, ownerId, name, from, source, nodes }: NewPhlo): Promise<Phlo> {
    const { account, ids, clock, phlos } = this.#needs;
    const owner = await account(ownerId);
    if (!owner) throw invalidParameter('account', 'account parameter is invalid: there is no such account');
    if (phloId !== undefined && !isUuid(phloId))
      throw invalidParameter('phlo_id', 'phlo_id parameter is invalid: a UUID is expected');
    const built = this.#build({
      phloId: phloId ?? ids.secretUuid(),
      accountId: owner.parentId ?? owner.authId,
      ownerId,
      name,
      from: from ?? undefined,
      source,
      nodes: nodes ?? [],
      createdAt: new Date(clock.now()),
    });
    if (!(await phlos.store.insert(built))) throw new Problem('conflict', 'there is a PHLO with this phlo_id');
    return built;
  }

  /** Nodes that only the operator has named stay, unless others are given. @throws Problem */
  async update(phloId: string, change: PhloChange): Promise<Phlo> {
    const { store, language } = this.#needs.phlos;
    const found = await this.find(phloId);
    const source = change.source ?? found.source;
    const own = found.source.kind === 'document' ? language.check(found.source.xml) : { nodes: [] };
    const ofDocument = new Set('nodes' in own ? own.nodes.map(({ type, name }) => `${type} ${name}`) : []);
    const declared = found.nodes
      .filter(({ type, name, voicemailUrl }) => voicemailUrl !== null || !ofDocument.has(`${type} ${name}`))
      .map((node) => ({ ...node, voicemailUrl: node.voicemailUrl ?? undefined }));
    const built = this.#build({
      ...found,
      name: change.name ?? found.name,
      from: (change.from === undefined ? found.from : change.from) ?? undefined,
      source,
      nodes: change.nodes ?? declared,
    });
    if (!(await store.update(built))) throw notFound();
    return built;
  }

  /** @throws not_found */
  async find(phloId: string): Promise<Phlo> {
    const found = await this.#needs.phlos.store.findAny(phloId);
    if (!found) throw notFound();
    return found;
  }

  /** Of a main account; undefined = of all. */
  list(accountId: string | undefined): Promise<readonly Phlo[]> {
    return this.#needs.phlos.store.list(accountId);
  }

  /** Calls that go through it go on. @throws not_found */
  async delete(phloId: string): Promise<void> {
    if (!(await this.#needs.phlos.store.delete(phloId))) throw notFound();
  }

  #build(wish: Parameters<typeof buildPhlo>[0]): Phlo {
    const built = buildPhlo(wish, this.#needs.phlos.language);
    if ('reason' in built) throw invalidParameter('xml', `the PHLO cannot be run: ${built.reason}`);
    return built;
  }
}
