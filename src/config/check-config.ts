import { parseAmount } from '../billing/money.ts';
import { countryOf } from '../messaging/phone-number.ts';
import { FALLBACK_CARRIER } from '../messaging/router.ts';
import { isTimeZone } from '../runtime/time-zone.ts';
import { type CarrierOptions, readCarrierOptions } from './carrier-options.ts';
import { lacksRegistryUrl } from './compliance-options.ts';
import { ConfigError, type ConfigPath, type ConfigProblem } from './config-error.ts';
import { phloProblem } from './phlo-apply-store.ts';
import { missingRecognitionSections } from './recognition-options.ts';
import type { ConfigFile } from './schema.ts';
import { missingSpeechSections } from './speech-options.ts';
import type { ConfigDocument } from './yaml-file.ts';

/** A file whose parts agree with each other; carriers' options by name. */
export interface CheckedConfig {
  readonly document: ConfigDocument;
  readonly carrierOptions: ReadonlyMap<string, CarrierOptions>;
}

export const digitsOf = (value: string | number): string => String(value).replace(/^\+/, '');

/** What the schema cannot say: keys that repeat, names that lead nowhere, options that contradict. Throws ConfigError. */
export function checkConfig(document: ConfigDocument): CheckedConfig {
  const { value, lineOf } = document;
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, text: string) => problems.push({ path, line: lineOf(path), text });
  const unique = (section: string, keys: readonly string[], field: string) => {
    const seen = new Map<string, number>();
    for (const [index, key] of keys.entries()) {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else report([section, index, field], `stands at ${section}[${first}] already`);
    }
  };

  unique(
    'accounts',
    (value.accounts ?? []).map((entry) => entry.auth_id),
    'auth_id',
  );
  unique(
    'subaccounts',
    (value.subaccounts ?? []).map((entry) => entry.auth_id),
    'auth_id',
  );
  unique(
    'applications',
    (value.applications ?? []).map((entry) => `${entry.account} ${entry.name}`),
    'name',
  );
  unique(
    'numbers',
    (value.numbers ?? []).map((entry) => digitsOf(entry.number)),
    'number',
  );
  unique(
    'inventory',
    (value.inventory ?? []).map((entry) => digitsOf(entry.number)),
    'number',
  );
  unique(
    'carriers',
    (value.carriers ?? []).map((entry) => entry.name),
    'name',
  );
  unique(
    'routes',
    (value.routes ?? []).map((entry) => `${entry.service} ${entry.prefix ?? ''} ${entry.priority ?? 0}`),
    'service',
  );
  unique(
    'rates',
    (value.rates ?? []).map(
      (entry) => `${entry.service} ${entry.direction ?? 'outbound'} ${entry.prefix ?? ''} ${entry.network ?? ''}`,
    ),
    'service',
  );
  unique(
    'networks',
    (value.networks ?? []).map((entry) => digitsOf(entry.prefix)),
    'prefix',
  );

  unique(
    'phlos',
    (value.phlos ?? []).map((entry) => entry.phlo_id.toLowerCase()),
    'phlo_id',
  );

  unique(
    'verify_applications',
    (value.verify_applications ?? []).map((entry) => entry.app_uuid.toLowerCase()),
    'app_uuid',
  );
  unique(
    'verify_applications',
    (value.verify_applications ?? []).map((entry, index) => (entry.default ? entry.account : String(index))),
    'default',
  );
  for (const [index, entry] of (value.phlos ?? []).entries()) {
    const problem = phloProblem(entry);
    if (problem !== undefined) report(['phlos', index], problem);
  }
  for (const [index, entry] of (value.accounts ?? []).entries()) {
    if (entry.timezone !== undefined && !isTimeZone(entry.timezone)) {
      report(['accounts', index, 'timezone'], 'an IANA time zone name is expected');
    }
  }
  for (const key of ['default_number_app', 'default_endpoint_app'] as const) {
    const defaults = (value.applications ?? []).flatMap((entry, index) =>
      entry[key] ? [{ account: entry.account, index }] : [],
    );
    for (const { account, index } of defaults) {
      const first = defaults.find((other) => other.account === account);
      if (first && first.index !== index) report(['applications', index, key], `applications[${first.index}] has it already`);
    }
  }

  for (const { path, amount } of amountsOf(value)) {
    if (parseAmount(String(amount)) === undefined) report(path, 'an amount of at most five decimals such as "12.50" is expected');
  }

  const carrierOptions = new Map<string, CarrierOptions>();
  for (const [index, entry] of (value.carriers ?? []).entries()) {
    if (entry.name === FALLBACK_CARRIER)
      report(['carriers', index, 'name'], `${FALLBACK_CARRIER} always exists and is not configured`);
    const read = readCarrierOptions(entry, ['carriers', index], lineOf);
    if ('problems' in read) problems.push(...read.problems);
    else carrierOptions.set(entry.name, read.options);
    const costs = (entry.costs ?? []).map((cost) => `${cost.service ?? 'sms'} ${cost.prefix ?? ''}`);
    if (new Set(costs).size < costs.length) report(['carriers', index, 'costs'], 'two costs have the same service and prefix');
  }

  const carriers = new Set([FALLBACK_CARRIER, ...(value.carriers ?? []).map((entry) => entry.name)]);
  for (const [index, route] of (value.routes ?? []).entries()) {
    for (const [at, name] of route.carriers.entries()) {
      if (!carriers.has(name)) report(['routes', index, 'carriers', at], `there is no carrier ${name}`);
    }
  }
  const sold = new Set((value.numbers ?? []).map((entry) => digitsOf(entry.number)));
  for (const section of ['numbers', 'inventory'] as const) {
    for (const [index, entry] of (value[section] ?? []).entries()) {
      if (entry.carrier !== undefined && !carriers.has(entry.carrier)) {
        report([section, index, 'carrier'], `there is no carrier ${entry.carrier}`);
      }
      if (entry.country === undefined && countryOf(digitsOf(entry.number)) === undefined) {
        report([section, index], 'country is missing, and the digits do not tell it');
      }
      if (section === 'inventory' && sold.has(digitsOf(entry.number))) {
        report([section, index, 'number'], 'belongs to an account in the section numbers');
      }
    }
  }
  for (const name of value.speech ? missingSpeechSections(value.speech) : []) {
    report(['speech'], `${name} is missing: it is in the list of engines`);
  }
  if (value.compliance && lacksRegistryUrl(value.compliance)) {
    report(['compliance', 'registry', 'url'], 'url is missing: the registry is http');
  }
  for (const name of value.recognition ? missingRecognitionSections(value.recognition) : []) {
    report(['recognition'], `${name} is missing: it is in the list of engines`);
  }
  if (problems.length > 0) throw new ConfigError(document.file, problems);
  return { document, carrierOptions };
}

const USAGE_RATES = ['monthly', 'sms_rate', 'mms_rate', 'voice_rate'];
const AMOUNT_KEYS = { accounts: ['balance'], numbers: USAGE_RATES, inventory: ['setup', ...USAGE_RATES], rates: ['rate', 'fee'] };

/** Every amount of the file. Written as a YAML number it may have more decimals than an amount can. */
function amountsOf(value: ConfigFile): readonly { readonly path: ConfigPath; readonly amount: string | number }[] {
  const found: { path: ConfigPath; amount: string | number }[] = [];
  const take = (path: ConfigPath, entry: object, names: readonly string[]) => {
    for (const [name, amount] of Object.entries(entry)) {
      if (!names.includes(name) || (typeof amount !== 'string' && typeof amount !== 'number')) continue;
      found.push({ path: [...path, name], amount });
    }
  };
  for (const section of ['accounts', 'numbers', 'inventory', 'rates'] as const) {
    for (const [index, entry] of (value[section] ?? []).entries()) take([section, index], entry, AMOUNT_KEYS[section]);
  }
  for (const section of ['accounts', 'subaccounts'] as const) {
    for (const [index, { spend }] of (value[section] ?? []).entries()) {
      if (spend) take([section, index, 'spend'], spend, ['per_day', 'per_month']);
    }
  }
  for (const [index, { spend }] of (value.accounts ?? []).entries()) {
    if (spend?.recharge) take(['accounts', index, 'spend', 'recharge'], spend.recharge, ['below', 'add', 'per_month']);
    if (spend?.balance_alerts)
      take(['accounts', index, 'spend', 'balance_alerts'], spend.balance_alerts, [
        '0',
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
      ]);
  }
  for (const [index, { costs }] of (value.carriers ?? []).entries()) {
    for (const [at, cost] of (costs ?? []).entries()) take(['carriers', index, 'costs', at], cost, ['cost']);
  }
  return found;
}
