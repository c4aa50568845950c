import type { Account } from '../accounts/account.ts';
import { type Application, isApplicationId } from '../accounts/application.ts';
import type { NumberFacts } from '../numbers/number-directory.ts';
import type { CallProgram } from './call-program.ts';
import type { Endpoint } from './endpoint-store.ts';
import type { InboundTarget } from './inbound-calls.ts';
import type { IncomingCall } from './leg-maker.ts';
import { SIMULATOR } from './sip/leg-routes.ts';

/** What calls to a number run in the place of an application, and whose it is. */
export interface NumberProgram {
  readonly ownerId: string;
  readonly program: CallProgram;
  /** The customer's trunk that takes them. */
  readonly trunkId?: string | undefined;
  /** The trunk's calls go over TLS and with SRTP. */
  readonly isSecure?: boolean | undefined;
}

export interface InboundTargetSources {
  number(digits: string): Promise<NumberFacts | undefined>;
  account(authId: string): Promise<Account | undefined>;
  application(appId: string): Promise<Application | undefined>;
  endpoint(username: string): Promise<Endpoint | undefined>;
  /** The program that calls to a number run instead of its application: the one of its masking sessions. */
  program?(digits: string, caller: string): Promise<NumberProgram | undefined>;
  /** The application that endpoints of the account have by default. */
  defaultEndpointApplication(accountId: string): Promise<Application | undefined>;
}

/** North America alone has names of numbers (account-numbers.md §8.2). */
const US_NUMBER = /^1\d{10}$/;

/** Whose application answers a call: that of the endpoint that calls, of the number that is called, or the one called by its id. */
export class InboundTargets {
  readonly #sources: InboundTargetSources;

  constructor(sources: InboundTargetSources) {
    this.#sources = sources;
  }

  async find(incoming: IncomingCall): Promise<InboundTarget | undefined> {
    const { origin } = incoming;
    if (origin.kind === 'endpoint') return this.#ofEndpoint(origin.username, origin.appId);
    if (origin.kind === 'trunk') {
      const { ownerId, trunkId, isSecure, programFor } = origin.trunk;
      const owner = await this.#sources.account(ownerId);
      return owner && { owner, program: programFor(incoming.from, incoming.to), trunkId, isSecure };
    }
    if (origin.kind === 'bearer') return this.#ofBearer(origin.owner, origin.appId);
    // `sip:{app_id}@`: trunks reach every application. Whoever else comes, and what an account has this node call in itself, only public ones.
    if (origin.kind === 'anonymous') return this.#ofApplication(incoming.to, false);
    if (isApplicationId(incoming.to)) return this.#ofApplication(incoming.to, origin.carrier !== SIMULATOR);
    const number = await this.#sources.number(incoming.to);
    if (!number?.voiceEnabled) return undefined;
    const programmed = await this.#sources.program?.(incoming.to, incoming.withheld ?? incoming.from);
    if (programmed) {
      const owner = await this.#sources.account(programmed.ownerId);
      const { program, trunkId, isSecure } = programmed;
      return owner && { owner, program, trunkId, isSecure };
    }
    if (number.appId === null) return undefined;
    const target = await this.#target(number.subaccountId ?? number.accountId, await this.#sources.application(number.appId));
    return target?.application && number.looksUpCallers === true && US_NUMBER.test(incoming.from)
      ? { ...target, cnam: await this.#nameOf(incoming) }
      : target;
  }

  /** A number of this installation has the name that its owner gave it, any other the one that its carrier tells. */
  async #nameOf({ from, callerName }: IncomingCall): Promise<string> {
    return (await this.#sources.number(from))?.callerName ?? callerName;
  }

  async #ofBearer(owner: Account, appId: string | undefined): Promise<InboundTarget | undefined> {
    const accountId = owner.parentId ?? owner.authId;
    if (appId === undefined) return this.#target(owner.authId, await this.#sources.defaultEndpointApplication(accountId));
    const application = await this.#sources.application(appId);
    return application?.accountId === accountId ? this.#target(owner.authId, application) : undefined;
  }

  async #ofEndpoint(username: string, appId: string | undefined): Promise<InboundTarget | undefined> {
    const endpoint = await this.#sources.endpoint(username);
    if (!endpoint) return undefined;
    if (appId !== undefined) {
      const application = await this.#sources.application(appId);
      // A token that names somebody else's application names none.
      if (application?.accountId !== endpoint.accountId) return undefined;
      return this.#target(endpoint.subaccountId ?? endpoint.accountId, application);
    }
    const application =
      endpoint.appId === null
        ? await this.#sources.defaultEndpointApplication(endpoint.accountId)
        : await this.#sources.application(endpoint.appId);
    return this.#target(endpoint.subaccountId ?? endpoint.accountId, application);
  }

  async #ofApplication(appId: string, isTrusted: boolean): Promise<InboundTarget | undefined> {
    const application = await this.#sources.application(appId);
    if (!application || !(application.publicUri || isTrusted)) return undefined;
    return this.#target(application.subaccountId ?? application.accountId, application);
  }

  async #target(ownerId: string, application: Application | undefined): Promise<InboundTarget | undefined> {
    const owner = await this.#sources.account(ownerId);
    return owner && application ? { owner, application } : undefined;
  }
}
