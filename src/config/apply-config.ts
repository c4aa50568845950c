import type pg from 'pg';
import type { Ids } from '../runtime/ids.ts';
import type { Sealing } from '../storage/sealing.ts';
import { inTransaction } from '../storage/storage.ts';
import { accountsKnown, applyAccount, type DesiredAccount } from './account-apply-store.ts';
import { applicationIds, applicationKey, applyApplications } from './application-apply-store.ts';
import {
  announceConfiguration,
  lockConfiguration,
  replaceCarriers,
  replaceRows,
  type TableChange,
} from './carrier-apply-store.ts';
import { checkConfig } from './check-config.ts';
import { replaceCompliance } from './compliance-apply-store.ts';
import { complianceConfiguration } from './compliance-options.ts';
import { ConfigError, type ConfigPath } from './config-error.ts';
import {
  costRows,
  desiredAccount,
  desiredNumber,
  doNotOriginateRows,
  networkRows,
  rateRows,
  routeRows,
  saleColumns,
  spendSettings,
} from './desired-rows.ts';
import { applyInventory, applyNumbers } from './number-apply-store.ts';
import { applyPhlos } from './phlo-apply-store.ts';
import { recognitionConfiguration } from './recognition-options.ts';
import { replaceRecognition, replaceSpeech } from './speech-apply-store.ts';
import { speechConfiguration } from './speech-options.ts';
import { applyVerifyApplications } from './verify-apply-store.ts';
import type { ConfigDocument } from './yaml-file.ts';

/** One thing that the file changed. */
export interface AppliedChange extends TableChange {
  readonly kind:
    | 'account'
    | 'subaccount'
    | 'application'
    | 'number'
    | 'number for sale'
    | 'carrier'
    | 'route'
    | 'rate'
    | 'network'
    | 'do not originate'
    | 'carrier cost'
    | 'phlo'
    | 'Verify application'
    | 'speech'
    | 'recognition'
    | 'compliance';
}

export interface ApplyContext {
  readonly pool: pg.Pool;
  readonly sealing: Sealing;
  readonly ids: Pick<Ids, 'digits'>;
  readonly at: Date;
}

const APP_ID_DIGITS = 17;

/**
 * Brings the database to what the file says, all or nothing, and answers what changed: a second run answers nothing.
 *
 * Carriers, routes, rates, numbers that make no calls, engines of speech and compliance become exactly those of the file. Accounts, applications and numbers are made and changed, never
 * deleted, and keys that an entry leaves out stay as they are. `balance` is credit granted in all: raising it adds the
 * difference, applying it again does not undo what was spent. Throws ConfigError for what does not fit together.
 */
export async function applyConfig(document: ConfigDocument, context: ApplyContext): Promise<readonly AppliedChange[]> {
  const { carrierOptions } = checkConfig(document);
  const { value, file, lineOf } = document;
  const fail = (path: ConfigPath, text: string) => new ConfigError(file, [{ path, line: lineOf(path), text }]);
  return await inTransaction(context.pool, async (client) => {
    await lockConfiguration(client);
    const changes: AppliedChange[] = [];
    const note = (kind: AppliedChange['kind'], found: readonly TableChange[]) =>
      changes.push(...found.map((change) => ({ kind, ...change })));

    const applyOne = async (kind: 'account' | 'subaccount', path: ConfigPath, desired: DesiredAccount) => {
      const result = await applyAccount(client, context.sealing, desired, context.at);
      if (result === 'needs a token') throw fail(path, 'auth_token is missing: the account is new');
      if (result === 'belongs to another account') throw fail(path, 'belongs to another account');
      if (result !== 'unchanged') note(kind, [{ name: desired.authId, change: result }]);
    };
    for (const [index, entry] of (value.accounts ?? []).entries()) {
      await applyOne('account', ['accounts', index], desiredAccount(entry));
    }
    const accounts = await accountsKnown(client);
    const requireAccount = (path: ConfigPath, authId: string, parent?: string) => {
      if (!accounts.has(authId)) throw fail(path, `there is no account ${authId}`);
      if (parent !== undefined && accounts.get(authId) !== parent) throw fail(path, `${authId} is no subaccount of ${parent}`);
    };
    for (const [index, entry] of (value.subaccounts ?? []).entries()) {
      requireAccount(['subaccounts', index, 'account'], entry.account);
      await applyOne('subaccount', ['subaccounts', index], {
        authId: entry.auth_id,
        parentId: entry.account,
        authToken: entry.auth_token,
        name: entry.name,
        enabled: entry.enabled,
        ...(entry.spend && { settings: { spend: spendSettings(entry.spend) } }),
      });
      accounts.set(entry.auth_id, entry.account);
    }

    const applications = value.applications ?? [];
    for (const [index, { account, subaccount }] of applications.entries()) {
      requireAccount(['applications', index, 'account'], account);
      if (subaccount !== undefined) requireAccount(['applications', index, 'subaccount'], subaccount, account);
    }
    const owners = [...applications, ...(value.numbers ?? [])].map((entry) => entry.account);
    const ids = await applicationIds(client, [...new Set(owners)]);
    const applied = await applyApplications(
      client,
      applications.map(({ name, account, subaccount, ...columns }) => ({
        accountId: account,
        name,
        columns: { ...columns, ...(subaccount !== undefined && { subaccount_id: subaccount }) },
      })),
      ids,
      () => context.ids.digits(APP_ID_DIGITS),
    );
    note('application', applied.changes);

    const numbers = (value.numbers ?? []).map((entry, index) => {
      requireAccount(['numbers', index, 'account'], entry.account);
      if (entry.subaccount !== undefined) requireAccount(['numbers', index, 'subaccount'], entry.subaccount, entry.account);
      const appId = entry.application === undefined ? undefined : ids.get(applicationKey(entry.account, entry.application));
      if (entry.application !== undefined && appId === undefined) {
        throw fail(['numbers', index, 'application'], `${entry.account} has no application ${entry.application}`);
      }
      const own = desiredNumber(entry);
      return {
        ...own,
        accountId: entry.account,
        columns: {
          ...own.columns,
          ...(appId !== undefined && { app_id: appId, trunk_id: null }),
          ...(entry.subaccount !== undefined && { subaccount_id: entry.subaccount }),
          ...(entry.alias !== undefined && { alias: entry.alias }),
        },
      };
    });
    note('number', entriesOf(await applyNumbers(client, numbers, context.at)));
    const inventory = (value.inventory ?? []).map((entry) => {
      const own = desiredNumber(entry);
      return { ...own, columns: { ...own.columns, ...saleColumns(entry) } };
    });
    note('number for sale', entriesOf(await applyInventory(client, inventory)));

    for (const [index, { account, subaccount }] of (value.phlos ?? []).entries()) {
      requireAccount(['phlos', index, 'account'], account);
      if (subaccount !== undefined) requireAccount(['phlos', index, 'subaccount'], subaccount, account);
    }
    const phlos = await applyPhlos(client, value.phlos ?? []);
    if (phlos.foreign !== undefined) throw fail(['phlos', phlos.foreign, 'phlo_id'], 'belongs to another account');
    note('phlo', phlos.changes);
    for (const [index, { account }] of (value.verify_applications ?? []).entries()) {
      requireAccount(['verify_applications', index, 'account'], account);
    }
    const verify = await applyVerifyApplications(client, value.verify_applications ?? [], context.at);
    if (verify.foreign !== undefined)
      throw fail(['verify_applications', verify.foreign, 'app_uuid'], 'belongs to another account');
    note('Verify application', verify.changes);

    const carriers = (value.carriers ?? []).map(({ name, kind }) => ({ name, kind, options: carrierOptions.get(name) ?? {} }));
    note('carrier', await replaceCarriers(client, context.sealing, carriers));
    note(
      'carrier cost',
      await replaceRows(client, 'carrier_costs', ['carrier', 'service', 'prefix'], costRows(value.carriers ?? [])),
    );
    note('route', await replaceRows(client, 'routes', ['service', 'prefix', 'priority'], routeRows(value.routes ?? [])));
    const rateKey = ['service', 'direction', 'prefix', 'network'];
    const rates = await replaceRows(client, 'rates', rateKey, rateRows(value.rates ?? []));
    // One without network is named by the rest.
    note(
      'rate',
      rates.map(({ name, change }) => ({ name: name.replace(/ $/, ''), change })),
    );
    note('network', await replaceRows(client, 'networks', ['prefix'], networkRows(value.networks ?? [])));
    const silent = doNotOriginateRows(value.do_not_originate ?? []);
    note('do not originate', await replaceRows(client, 'do_not_originate', ['number'], silent));
    note('speech', await replaceSpeech(client, context.sealing, value.speech && speechConfiguration(value.speech)));
    const recognition = value.recognition && recognitionConfiguration(value.recognition);
    note('recognition', await replaceRecognition(client, context.sealing, recognition));

    const compliance = value.compliance && complianceConfiguration(value.compliance);
    note('compliance', await replaceCompliance(client, context.sealing, compliance, context.at));

    if (changes.length > 0) await announceConfiguration(client);
    return changes;
  });
}

const entriesOf = (results: ReadonlyMap<string, 'added' | 'changed'>): readonly TableChange[] =>
  [...results].map(([name, change]) => ({ name, change }));
