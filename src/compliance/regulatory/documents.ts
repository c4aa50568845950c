import type { Scope } from '../../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../../errors/catalogue.ts';
import type { ComplianceFiles, HandedIn } from '../files.ts';
import { equalTo, type Owned, OwnedStore } from '../owned-store.ts';
import { type Making, newUuid, owned } from '../ownership.ts';
import type { Proceedings, Step } from '../proceedings.ts';
import type { ApplicationState } from './application-machine.ts';
import { checkFields, type DocumentData } from './document-fields.ts';
import { type DocumentType, documentTypeOf } from './document-types.ts';
import type { EndUsers } from './end-users.ts';

/** A document of an end user (compliance.md §10.3). */
export interface DocumentFacts {
  readonly endUserId: string;
  readonly documentTypeId: string;
  readonly alias: string;
  readonly data: DocumentData;
  readonly fileId?: string | undefined;
  readonly fileName?: string | undefined;
}

export type Document = Owned<'stored', DocumentFacts>;

export interface DocumentChange {
  readonly endUserId?: string | undefined;
  readonly documentTypeId?: string | undefined;
  readonly alias?: string | undefined;
  readonly data: DocumentData;
}

/** Applications that one end user has. */
const MOST_APPLICATIONS = 1_000;

export class Documents {
  readonly store: OwnedStore<'stored', DocumentFacts>;
  readonly #proceedings: Proceedings;
  readonly #files: ComplianceFiles;
  readonly #endUsers: EndUsers;

  constructor(proceedings: Proceedings, files: ComplianceFiles, endUsers: EndUsers) {
    this.#proceedings = proceedings;
    this.#files = files;
    this.#endUsers = endUsers;
    this.store = new OwnedStore(proceedings.pool, 'compliance_documents');
  }

  async create(making: Making, given: Omit<DocumentFacts, 'fileId' | 'fileName'>, file: HandedIn | undefined): Promise<Document> {
    await this.#endUsers.named(reachOf(making.scope), given.endUserId);
    checkFields(namedType(given.documentTypeId), given.data);
    const kept = await this.keepFile(making.scope, file, 'file');
    return this.#proceedings.run(async (step) => {
      const document = owned(making, newUuid(making, this.#proceedings.ids), 'stored' as const, { ...given, ...kept });
      await this.insert(step, document);
      return document;
    });
  }

  /** Writes a file; the transaction that refers to it comes after. */
  async keepFile(
    scope: Scope,
    file: HandedIn | undefined,
    parameter: string,
  ): Promise<Pick<DocumentFacts, 'fileId' | 'fileName'>> {
    if (!file) return {};
    const { fileId, fileName } = await this.#files.keep(
      scope.account.authId,
      this.#proceedings.ids.secretUuid(),
      parameter,
      file,
    );
    return { fileId, fileName };
  }

  async insert(step: Step, document: Document): Promise<void> {
    const { fileId } = document.facts;
    await this.store.insert(document, step.client);
    if (fileId !== undefined) await this.#files.store.use(step.client, [fileId]);
  }

  async get(scope: Scope, id: string): Promise<Document> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(
    scope: Scope,
    { endUserId, documentTypeId, alias }: { readonly [Name in 'endUserId' | 'documentTypeId' | 'alias']?: string | undefined },
    page: PageRequest,
  ): Promise<Found<Document>> {
    return this.store.list(reachOf(scope), equalTo({ end_user_id: endUserId, document_type_id: documentTypeId, alias }), page);
  }

  /** Changes what is given. Refused while an application with the document is submitted or accepted. */
  async update(scope: Scope, id: string, change: DocumentChange, file: HandedIn | undefined): Promise<void> {
    await this.get(scope, id);
    if (change.endUserId !== undefined) await this.#endUsers.named(reachOf(scope), change.endUserId);
    const kept = await this.keepFile(scope, file, 'file');
    await this.#proceedings.run(async (step) => {
      const document = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!document) throw notFound();
      await this.#refuseInUse(step, document, ['submitted', 'accepted']);
      const { facts } = document;
      const changed: DocumentFacts = {
        ...facts,
        ...kept,
        endUserId: change.endUserId ?? facts.endUserId,
        documentTypeId: change.documentTypeId ?? facts.documentTypeId,
        alias: change.alias ?? facts.alias,
        data: { ...facts.data, ...change.data },
      };
      checkFields(namedType(changed.documentTypeId), changed.data);
      await this.store.update(step.client, id, { facts: changed, at: step.at });
      if (kept.fileId === undefined) return;
      await this.#files.store.use(step.client, [kept.fileId]);
      if (facts.fileId !== undefined) await this.#files.store.release(step.client, [facts.fileId], step.at);
    });
  }

  /** Refused while an application speaks of it. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.#proceedings.run(async (step) => {
      const document = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!document) throw notFound();
      await this.#refuseInUse(step, document, undefined);
      await this.remove(step, document);
    });
  }

  async remove(step: Step, document: Document): Promise<void> {
    const { fileId } = document.facts;
    await this.store.delete(step.client, document.id);
    if (fileId !== undefined) await this.#files.store.release(step.client, [fileId], step.at);
  }

  /** `states` undefined: whatever state the application is in. */
  async #refuseInUse(step: Step, document: Document, states: readonly ApplicationState[] | undefined): Promise<void> {
    const applications = new OwnedStore<ApplicationState, { readonly documentIds: readonly string[] }>(
      this.#proceedings.pool,
      'compliance_applications',
    );
    const reach = { accountId: document.accountId, subaccountId: undefined };
    const ofUser = equalTo({ end_user_id: document.facts.endUserId });
    const found = await applications.select(reach, ofUser, MOST_APPLICATIONS, step.client);
    const using = found.find(
      ({ facts, status }) => facts.documentIds.includes(document.id) && (states?.includes(status) ?? true),
    );
    if (using) throw new Problem('conflict', `The document belongs to a compliance application that is ${using.status}.`);
  }
}

export function namedType(id: string): DocumentType {
  const type = documentTypeOf(id);
  if (!type) throw invalidParameter('document_type_id', 'document_type_id parameter is invalid: there is no such document type');
  return type;
}
