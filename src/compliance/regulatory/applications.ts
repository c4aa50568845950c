import type { Scope } from '../../accounts/account.ts';
import { type Found, type PageRequest, type Reach, reachOf } from '../../accounts/reach.ts';
import { invalidParameter, Problem } from '../../errors/catalogue.ts';
import type { StatusCallback } from '../enums.ts';
import { equalTo, type Owned, OwnedStore } from '../owned-store.ts';
import { type Making, newUuid, owned, ownerIdOf } from '../ownership.ts';
import type { Proceedings, Step } from '../proceedings.ts';
import type { Decider } from '../registry/casework.ts';
import { after, requireAfter } from '../state-machine.ts';
import { type ApplicationState, applicationTable } from './application-machine.ts';
import { checkComplete } from './document-fields.ts';
import { type Document, type Documents, namedType } from './documents.ts';
import type { EndUser, EndUsers } from './end-users.ts';
import type { NumberLinkStore } from './number-link-store.ts';
import type { Requirement, RequirementNumberType, Requirements, UserType } from './requirements.ts';

/** An end user and documents, put before a regulator together (compliance.md §9, §10.5). */
export interface ApplicationFacts {
  readonly alias: string;
  readonly requirementId: string;
  readonly country: string;
  readonly numberType: RequirementNumberType;
  readonly endUserType: UserType;
  readonly endUserId: string;
  readonly documentIds: readonly string[];
  readonly callback?: StatusCallback | undefined;
  readonly rejectionReason?: string | undefined;
  /** Its end user and documents were made with it and go with it. */
  readonly ownsParts?: boolean | undefined;
}

export type Application = Owned<ApplicationState, ApplicationFacts>;

export interface ApplicationFilter {
  readonly endUserId?: string | undefined;
  readonly country?: string | undefined;
  readonly numberType?: string | undefined;
  readonly endUserType?: string | undefined;
  readonly alias?: string | undefined;
  readonly status?: ApplicationState | undefined;
}

export const applicationNotFound = () => new Problem('not_found', 'Compliance application not found.');

export interface ApplicationsDependencies {
  readonly proceedings: Proceedings;
  readonly endUsers: EndUsers;
  readonly documents: Documents;
  readonly links: NumberLinkStore;
  readonly requirements: Requirements;
}

export class Applications {
  readonly store: OwnedStore<ApplicationState, ApplicationFacts>;
  readonly #needs: ApplicationsDependencies;

  constructor(needs: ApplicationsDependencies) {
    this.#needs = needs;
    this.store = new OwnedStore(needs.proceedings.pool, 'compliance_applications');
  }

  async createDraft(
    making: Making,
    requirement: Requirement,
    given: Pick<ApplicationFacts, 'alias' | 'endUserId' | 'documentIds'>,
  ): Promise<Application> {
    const reach = reachOf(making.scope);
    const user = await this.#needs.endUsers.named(reach, given.endUserId);
    if (user.status !== requirement.userType) {
      throw invalidParameter('end_user_id', `end_user_id parameter is invalid: the requirement is for a ${requirement.userType}`);
    }
    await this.#documentsOf(reach, given.endUserId, given.documentIds);
    const { id: requirementId, country, numberType, userType: endUserType } = requirement;
    const facts = { ...given, requirementId, country, numberType, endUserType };
    const application = owned(making, newUuid(making, this.#needs.proceedings.ids), 'draft' as const, facts);
    await this.store.insert(application);
    return application;
  }

  async get(scope: Scope, id: string): Promise<Application> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw applicationNotFound();
    return found;
  }

  list(scope: Scope, filter: ApplicationFilter, page: PageRequest): Promise<Found<Application>> {
    const { endUserId, country, numberType, endUserType, alias, status } = filter;
    const conditions = { end_user_id: endUserId, country, number_type: numberType, end_user_type: endUserType, alias, status };
    return this.store.list(reachOf(scope), equalTo(conditions), page);
  }

  /** Puts other documents in. */
  async changeDocuments(scope: Scope, id: string, documentIds: readonly string[]): Promise<void> {
    await this.#needs.proceedings.run(async (step) => {
      const application = await this.lock(step, scope, id);
      const status = requireAfter(applicationTable, application.status, 'changed', frozen(application));
      await this.#documentsOf(reachOf(scope), application.facts.endUserId, documentIds);
      await this.store.update(step.client, id, { status, facts: { ...application.facts, documentIds }, at: step.at });
    });
  }

  async submit(scope: Scope, id: string): Promise<Application> {
    return this.#needs.proceedings.run(async (step) => {
      const application = await this.lock(step, scope, id);
      const { facts } = application;
      const user = await this.#needs.endUsers.named(reachOf(scope), facts.endUserId);
      const documents = await this.#documentsOf(reachOf(scope), facts.endUserId, facts.documentIds);
      return this.resubmit(step, application, user, documents);
    });
  }

  /** Submits an application as it is in storage or in this step; its documents must be complete. */
  async resubmit(step: Step, application: Application, user: EndUser, documents: readonly Document[]): Promise<Application> {
    const status = requireAfter(applicationTable, application.status, 'submit', frozen(application));
    const { country, numberType, endUserType } = application.facts;
    checkDocuments(this.#needs.requirements.of(country, numberType, endUserType), documents);
    const facts: ApplicationFacts = { ...application.facts, rejectionReason: undefined };
    const submitted = { ...application, status, facts, updatedAt: step.at };
    await this.store.update(step.client, application.id, { status, facts, at: step.at });
    const { callback: _callback, ...shown } = facts;
    await step.ask({
      kind: 'compliance_application',
      subjectId: application.id,
      accountId: application.accountId,
      facts: {
        ...shown,
        endUser: user.facts,
        documents: documents.map(({ id, facts: { documentTypeId, data, fileId, fileName } }) => ({
          id,
          documentTypeId,
          data,
          fileId,
          fileName,
        })),
      },
    });
    this.#tell(step, submitted);
    return submitted;
  }

  async delete(scope: Scope, id: string): Promise<void> {
    const { proceedings, links, endUsers, documents } = this.#needs;
    await proceedings.run(async (step) => {
      const application = await this.lock(step, scope, id);
      await step.withdraw('compliance_application', id);
      await links.unlinkAll(step.client, application.accountId, id);
      await this.store.delete(step.client, id);
      if (!application.facts.ownsParts) return;
      const reach = { accountId: application.accountId, subaccountId: undefined };
      for (const documentId of application.facts.documentIds) {
        const document = await documents.store.lockWithin(step.client, reach, documentId);
        if (document) await documents.remove(step, document);
      }
      const isShared = await this.store.isReferred(step.client, 'end_user_id', application.facts.endUserId);
      if (!isShared) await endUsers.store.delete(step.client, application.facts.endUserId);
    });
  }

  /** What the operator does to an accepted application. False when there is no such application, or it is not accepted. */
  async end(id: string, event: 'suspended' | 'expired'): Promise<boolean> {
    return this.#needs.proceedings.run(async (step) => {
      const application = await this.store.lock(step.client, id);
      const status = application && after(applicationTable, application.status, event);
      if (!application || !status) return false;
      await this.store.update(step.client, id, { status, at: step.at });
      this.#tell(step, { ...application, status });
      return true;
    });
  }

  /** Documents of an application, in its order; those that have gone are left out. */
  async documentsOf(application: Application): Promise<readonly Document[]> {
    const reach = { accountId: application.accountId, subaccountId: undefined };
    const found = application.facts.documentIds.map((id) => this.#needs.documents.store.findWithin(reach, id));
    return (await Promise.all(found)).filter((document) => document !== undefined);
  }

  async lock(step: Step, scope: Scope, id: string): Promise<Application> {
    const application = await this.store.lockWithin(step.client, reachOf(scope), id);
    if (!application) throw applicationNotFound();
    return application;
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const application = await this.store.lock(step.client, subjectId);
    const isApproved = verdict.outcome === 'approved';
    const status = application && after(applicationTable, application.status, isApproved ? 'approved' : 'rejected');
    if (!application || !status) return;
    const reason = verdict.reason ?? `The application was rejected${verdict.code === undefined ? '' : ` (${verdict.code})`}`;
    const facts: ApplicationFacts = { ...application.facts, rejectionReason: isApproved ? undefined : reason };
    await this.store.update(step.client, application.id, { status, facts, at: step.at });
    this.#tell(step, { ...application, status, facts });
  };

  #tell(step: Step, application: Application): void {
    const { callback, alias, rejectionReason } = application.facts;
    if (!callback) return;
    step.tell({
      kind: 'compliance_application',
      ownerId: ownerIdOf(application),
      callback,
      at: step.at,
      applicationId: application.id,
      alias,
      status: application.status,
      rejectionReason,
    });
  }

  async #documentsOf(reach: Reach, endUserId: string, ids: readonly string[]): Promise<readonly Document[]> {
    const documents: Document[] = [];
    for (const id of new Set(ids)) {
      const document = await this.#needs.documents.store.findWithin(reach, id);
      if (document?.facts.endUserId !== endUserId) {
        throw invalidParameter(
          'document_ids',
          `document_ids parameter is invalid: the end user has no document ${id.slice(0, 64)}`,
        );
      }
      documents.push(document);
    }
    return documents;
  }
}

const frozen = ({ status }: Application) => `The compliance application is ${status} and cannot be changed or submitted.`;

/** Every proof that is asked for must be there, and complete. */
export function checkDocuments(requirement: Requirement, documents: readonly Document[]): void {
  for (const { facts } of documents) checkComplete(namedType(facts.documentTypeId), facts.data, facts.fileId !== undefined);
  for (const proof of requirement.proofs) {
    const isThere = documents.some(({ facts }) => proof.types.some((type) => type.id === facts.documentTypeId));
    if (isThere) continue;
    const accepted = proof.types.map((type) => `${type.name} (${type.id})`).join(' or ');
    throw invalidParameter('documents', `documents parameter is invalid: ${proof.name} is missing, ${accepted} is expected`);
  }
}
