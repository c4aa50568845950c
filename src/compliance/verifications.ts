import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import { notFound } from '../errors/catalogue.ts';
import type { StatusCallback } from './enums.ts';
import type { ComplianceFiles, HandedIn } from './files.ts';
import { type Owned, OwnedStore } from './owned-store.ts';
import { type Making, newUuid, owned, ownerIdOf } from './ownership.ts';
import type { Proceedings, Step } from './proceedings.ts';
import type { Decider } from './registry/casework.ts';
import { after, requireAfter } from './state-machine.ts';
import { type VerificationState, verificationTable } from './verification-machine.ts';

/** An address or identity that an account has verified (compliance.md §11): what is said of it, by name. */
export interface VerificationFacts {
  readonly alias?: string | undefined;
  readonly said: Readonly<Record<string, string>>;
  readonly fileId?: string | undefined;
  readonly fileName?: string | undefined;
  readonly callback?: StatusCallback | undefined;
}

export type Verification = Owned<VerificationState, VerificationFacts>;

export interface VerificationChange {
  readonly alias?: string | undefined;
  readonly said: Readonly<Record<string, string>>;
  readonly callback?: StatusCallback | undefined;
}

export class Verifications {
  readonly store: OwnedStore<VerificationState, VerificationFacts>;
  readonly #kind: 'address' | 'identity';
  readonly #proceedings: Proceedings;
  readonly #files: ComplianceFiles;

  constructor(kind: 'address' | 'identity', proceedings: Proceedings, files: ComplianceFiles) {
    this.#kind = kind;
    this.#proceedings = proceedings;
    this.#files = files;
    this.store = new OwnedStore(proceedings.pool, `${kind}_verifications`);
  }

  async create(making: Making, given: VerificationChange, file: HandedIn | undefined): Promise<Verification> {
    const kept = await this.#keep(making.scope, file);
    return this.#proceedings.run(async (step) => {
      const id = newUuid(making, this.#proceedings.ids);
      const verification: Verification = owned(making, id, 'pending' as const, { ...given, ...kept });
      await this.store.insert(verification, step.client);
      await this.#ask(step, verification);
      return verification;
    });
  }

  async get(scope: Scope, id: string): Promise<Verification> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(scope: Scope, page: PageRequest): Promise<Found<Verification>> {
    return this.store.list(reachOf(scope), [], page);
  }

  /** Changes what is given, and has it verified again. */
  async update(scope: Scope, id: string, change: VerificationChange, file: HandedIn | undefined): Promise<void> {
    await this.get(scope, id);
    const kept = await this.#keep(scope, file);
    await this.#proceedings.run(async (step) => {
      const verification = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!verification) throw notFound();
      const { facts } = verification;
      const changed: Verification = {
        ...verification,
        status: requireAfter(verificationTable, verification.status, 'updated', 'It cannot be changed now.'),
        facts: {
          ...facts,
          ...kept,
          alias: change.alias ?? facts.alias,
          said: { ...facts.said, ...change.said },
          callback: change.callback ?? facts.callback,
        },
      };
      await this.store.update(step.client, id, { status: changed.status, facts: changed.facts, at: step.at });
      if (kept.fileId !== undefined && facts.fileId !== undefined) {
        await this.#files.store.release(step.client, [facts.fileId], step.at);
      }
      await this.#ask(step, changed);
    });
  }

  async delete(scope: Scope, id: string): Promise<void> {
    await this.#proceedings.run(async (step) => {
      const verification = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!verification) throw notFound();
      await step.withdraw(this.#kind, id);
      await this.store.delete(step.client, id);
      const { fileId } = verification.facts;
      if (fileId !== undefined) await this.#files.store.release(step.client, [fileId], step.at);
    });
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const verification = await this.store.lock(step.client, subjectId);
    const isApproved = verdict.outcome === 'approved';
    const status = verification && after(verificationTable, verification.status, isApproved ? 'approved' : 'rejected');
    if (!verification || !status) return;
    await this.store.update(step.client, verification.id, { status, at: step.at });
    const { callback, alias } = verification.facts;
    if (!callback) return;
    step.tell({
      kind: this.#kind,
      ownerId: ownerIdOf(verification),
      callback,
      at: step.at,
      verificationId: verification.id,
      alias,
      status,
      reason: isApproved ? undefined : verdict.reason,
    });
  };

  async #keep(scope: Scope, file: HandedIn | undefined): Promise<Pick<VerificationFacts, 'fileId' | 'fileName'>> {
    if (!file) return {};
    const kept = await this.#files.keep(scope.account.authId, this.#proceedings.ids.secretUuid(), 'file', file);
    return { fileId: kept.fileId, fileName: kept.fileName };
  }

  async #ask(step: Step, { id, accountId, facts }: Verification): Promise<void> {
    if (facts.fileId !== undefined) await this.#files.store.use(step.client, [facts.fileId]);
    const { callback: _callback, ...shown } = facts;
    await step.ask({ kind: this.#kind, subjectId: id, accountId, facts: shown });
  }
}
