import type { Scope } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Application } from '../accounts/application.ts';
import type { ApplicationStore } from '../accounts/application-store.ts';
import { reachOf } from '../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';

/**
 * Reads the `subaccount` parameter of what is created or changed (account-numbers.md §5): undefined = not given, null = the main
 * account itself, named by its own Auth ID. Only the main account may name another owner than the caller.
 */
export async function requestedOwner(
  scope: Scope,
  requested: string | undefined,
  directory: AccountDirectory,
): Promise<string | null | undefined> {
  if (requested === undefined) return undefined;
  if (!scope.byMainAccount) {
    if (requested === scope.subaccount?.authId) return undefined;
    throw new Problem('forbidden', 'subaccount can be set with the credentials of the main account only', {
      parameter: 'subaccount',
    });
  }
  if (requested === scope.account.authId) return null;
  const found = /^SA[A-Z0-9]{18}$/.test(requested) ? await directory.find(requested) : undefined;
  if (found?.parentId !== scope.account.authId) {
    throw invalidParameter('subaccount', 'subaccount parameter is invalid: the account has no such subaccount');
  }
  return found.authId;
}

/** Application ids are decimal digits; anything else is not worth asking storage for. */
const APP_ID = /^\d{1,20}$/;

/** The application of a path; `not_found` when it does not exist or is not the caller's. */
export async function applicationOf(scope: Scope, appId: string, applications: ApplicationStore): Promise<Application> {
  const found = APP_ID.test(appId) ? await applications.findWithin(reachOf(scope), appId) : undefined;
  if (!found) throw notFound();
  return found;
}

/** An application named by a parameter; `invalid_parameter` when it does not exist or is not the caller's. */
export async function namedApplication(
  scope: Scope,
  parameter: string,
  appId: string,
  applications: ApplicationStore,
): Promise<Application> {
  const found = APP_ID.test(appId) ? await applications.findWithin(reachOf(scope), appId) : undefined;
  if (!found) throw invalidParameter(parameter, `${parameter} parameter is invalid: the account has no such application`);
  return found;
}
