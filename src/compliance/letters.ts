import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import { notFound, Problem } from '../errors/catalogue.ts';
import type { ComplianceFiles, HandedIn } from './files.ts';
import { equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { type Making, newUuid, owned } from './ownership.ts';
import type { Proceedings } from './proceedings.ts';

/** A letter of authorization (compliance.md §8): the owner of a number allows that it is hosted here. */
export interface LetterFacts {
  readonly alias: string;
  readonly fileId: string;
  readonly fileName: string;
}

export type Letter = Owned<'stored', LetterFacts>;

export class Letters {
  readonly store: OwnedStore<'stored', LetterFacts>;
  readonly #proceedings: Proceedings;
  readonly #files: ComplianceFiles;

  constructor(proceedings: Proceedings, files: ComplianceFiles) {
    this.#proceedings = proceedings;
    this.#files = files;
    this.store = new OwnedStore(proceedings.pool, 'letters_of_authorization');
  }

  async create(making: Making, alias: string, file: HandedIn): Promise<Letter> {
    const { ids } = this.#proceedings;
    const kept = await this.#files.keep(making.scope.account.authId, ids.secretUuid(), 'file', file);
    return this.#proceedings.run(async ({ client }) => {
      const facts = { alias, fileId: kept.fileId, fileName: kept.fileName };
      const letter = owned(making, newUuid(making, ids), 'stored' as const, facts);
      await this.store.insert(letter, client);
      await this.#files.store.use(client, [kept.fileId]);
      return letter;
    });
  }

  async get(scope: Scope, id: string): Promise<Letter> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(scope: Scope, alias: string | undefined, page: PageRequest): Promise<Found<Letter>> {
    return this.store.list(reachOf(scope), equalTo({ alias }), page);
  }

  /** Refused while a number is hosted on its strength. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.#proceedings.run(async ({ client, at }) => {
      const letter = await this.store.lockWithin(client, reachOf(scope), id);
      if (!letter) throw notFound();
      const hosted = new OwnedStore(this.#proceedings.pool, 'hosted_numbers');
      if (await hosted.isReferred(client, 'loa_id', id)) {
        throw new Problem('conflict', 'Hosted messaging numbers are linked to the letter of authorization.');
      }
      await this.store.delete(client, id);
      await this.#files.store.release(client, [letter.facts.fileId], at);
    });
  }
}
