import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, Problem } from '../../errors/catalogue.ts';
import type { OwnedNumber } from '../../numbers/number.ts';
import type { NumberStore } from '../../numbers/number-store.ts';
import type { StatusCallback } from '../enums.ts';
import type { HandedIn } from '../files.ts';
import { type Making, newUuid, owned } from '../ownership.ts';
import type { Proceedings, Step } from '../proceedings.ts';
import {
  type Application,
  type ApplicationFacts,
  type Applications,
  applicationNotFound,
  checkDocuments,
} from './applications.ts';
import { checkFields, type DocumentData } from './document-fields.ts';
import { type Document, type Documents, namedType } from './documents.ts';
import type { EndUser, EndUserFacts, EndUsers } from './end-users.ts';
import type { NumberLinkStore } from './number-link-store.ts';
import type { Requirement } from './requirements.ts';

export interface GivenDocument {
  readonly documentTypeId: string;
  readonly data: DocumentData;
  /** The part of the request that its file came in. */
  readonly part: string;
  readonly file: HandedIn | undefined;
}

export interface NewCompliance {
  readonly alias: string;
  readonly requirement: Requirement;
  readonly endUser: EndUserFacts;
  readonly documents: readonly GivenDocument[];
  readonly callback: StatusCallback | undefined;
}

export interface ComplianceChange {
  readonly alias?: string | undefined;
  readonly endUser?: Partial<EndUserFacts> | undefined;
  /** In place of all that were there. */
  readonly documents?: readonly GivenDocument[] | undefined;
  readonly callback?: StatusCallback | undefined;
}

export interface LinkReport {
  readonly number: string;
  readonly isLinked: boolean;
  readonly remarks: string;
}

export interface NumberComplianceDependencies {
  readonly proceedings: Proceedings;
  readonly applications: Applications;
  readonly endUsers: EndUsers;
  readonly documents: Documents;
  readonly links: NumberLinkStore;
  readonly numbers: NumberStore;
}

/** End user, documents and application in one request, submitted at once (compliance.md §9). */
export class NumberCompliance {
  readonly #needs: NumberComplianceDependencies;

  constructor(needs: NumberComplianceDependencies) {
    this.#needs = needs;
  }

  async create(making: Making, given: NewCompliance): Promise<Application> {
    const { proceedings, applications, endUsers } = this.#needs;
    const { requirement } = given;
    const { ids } = proceedings;
    const user = owned(making, newUuid(making, ids, 1), requirement.userType, given.endUser);
    const documents = await this.#prepare(making, user.id, given.documents);
    checkDocuments(requirement, documents);
    const facts: ApplicationFacts = {
      alias: given.alias,
      requirementId: requirement.id,
      country: requirement.country,
      numberType: requirement.numberType,
      endUserType: requirement.userType,
      endUserId: user.id,
      documentIds: documents.map((document) => document.id),
      callback: given.callback,
      ownsParts: true,
    };
    return proceedings.run(async (step) => {
      const application = owned(making, newUuid(making, ids), 'draft' as const, facts);
      await endUsers.store.insert(user, step.client);
      await this.#insert(step, documents);
      await applications.store.insert(application, step.client);
      return applications.resubmit(step, application, user, documents);
    });
  }

  /** Amends what was rejected and submits it again. */
  async amend(making: Making, id: string, change: ComplianceChange): Promise<Application> {
    const { proceedings, applications, endUsers, documents } = this.#needs;
    const { scope } = making;
    const before = await applications.get(scope, id);
    requireRejected(before);
    const added = change.documents && (await this.#prepare(making, before.facts.endUserId, change.documents));
    return proceedings.run(async (step) => {
      const application = await applications.lock(step, scope, id);
      requireRejected(application);
      const user = await endUsers.store.lock(step.client, application.facts.endUserId);
      if (!user) throw applicationNotFound();
      const changedUser: EndUser = { ...user, facts: { ...user.facts, ...change.endUser } };
      await endUsers.store.update(step.client, user.id, { facts: changedUser.facts, at: step.at });
      const present = await applications.documentsOf(application);
      if (added) {
        await this.#insert(step, added);
        if (application.facts.ownsParts) for (const document of present) await documents.remove(step, document);
      }
      const now = added ?? present;
      const facts: ApplicationFacts = {
        ...application.facts,
        alias: change.alias ?? application.facts.alias,
        callback: change.callback ?? application.facts.callback,
        documentIds: now.map((document) => document.id),
      };
      return applications.resubmit(step, { ...application, facts }, changedUser, now);
    });
  }

  /** Puts numbers of the account under accepted applications, each for itself. */
  async link(
    scope: Scope,
    wanted: readonly { readonly number: string; readonly applicationId: string }[],
    numberChanged: (number: string) => void,
  ): Promise<readonly LinkReport[]> {
    const { numbers, links } = this.#needs;
    const reports: LinkReport[] = [];
    for (const { number, applicationId } of wanted) {
      const digits = number.replace(/^\+/, '');
      const found = /^\d{3,15}$/.test(digits) ? await numbers.findWithin(reachOf(scope), digits) : undefined;
      const refusal = found ? await this.#refusal(scope, found, applicationId) : 'Number not found on your account.';
      if (found && refusal === undefined) {
        await links.link(scope.account.authId, found.number, applicationId);
        numberChanged(found.number);
      }
      reports.push({ number, isLinked: refusal === undefined, remarks: refusal ?? 'Number linked to compliance application.' });
    }
    return reports;
  }

  /** Refuses an application that is not accepted, or for other numbers; `invalid_parameter` names `parameter`. */
  async check(
    scope: Scope,
    parameter: string,
    applicationId: string,
    number: Pick<OwnedNumber, 'countryIso' | 'type'>,
  ): Promise<void> {
    const refusal = await this.#refusal(scope, number, applicationId);
    if (refusal !== undefined) throw invalidParameter(parameter, `${parameter} parameter is invalid: ${refusal}`);
  }

  async #refusal(
    scope: Scope,
    number: Pick<OwnedNumber, 'countryIso' | 'type'>,
    applicationId: string,
  ): Promise<string | undefined> {
    const application = await this.#needs.applications.store.findWithin(reachOf(scope), applicationId);
    if (!application) return 'Compliance application not found.';
    const { status, facts } = application;
    if (status !== 'accepted') return `Compliance application is ${status}, not accepted.`;
    const type = number.type === 'fixed' ? 'local' : number.type;
    if (number.countryIso === facts.country && type === facts.numberType) return undefined;
    return `Compliance application is for ${facts.country} ${facts.numberType} numbers.`;
  }

  /** Documents that are not stored yet; their files are. */
  async #prepare(making: Making, endUserId: string, given: readonly GivenDocument[]): Promise<readonly Document[]> {
    for (const { documentTypeId, data } of given) checkFields(namedType(documentTypeId), data);
    const documents: Document[] = [];
    for (const [index, { documentTypeId, data, part, file }] of given.entries()) {
      const kept = await this.#needs.documents.keepFile(making.scope, file, part);
      const alias = namedType(documentTypeId).name;
      const facts = { endUserId, documentTypeId, alias, data, ...kept };
      documents.push(owned(making, newUuid(making, this.#needs.proceedings.ids, index + 2), 'stored' as const, facts));
    }
    return documents;
  }

  async #insert(step: Step, documents: readonly Document[]): Promise<void> {
    for (const document of documents) await this.#needs.documents.insert(step, document);
  }
}

function requireRejected({ status }: Application): void {
  if (status !== 'rejected') {
    throw new Problem('conflict', `The compliance application is ${status}, it can be amended when it is rejected.`);
  }
}
