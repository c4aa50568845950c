/** What the suites of compliance expect of a server: numbers to register, and a registry that decides at once. */
import { fixture } from './fixture.ts';
import { AUTH_ID } from './server.ts';

export const LONG_CODE = '14155550103';
export const TOLL_FREE = '18005550103';
export const INDIAN = '918045550103';

const own = (number: string, country: string, type: string) => ({
  number,
  account: AUTH_ID,
  carrier: 'simulator',
  country,
  type,
});

/** A configuration with these numbers and this registry on top. */
export const withCompliance = <Config extends { readonly numbers: readonly object[] }>(config: Config) => ({
  ...config,
  numbers: [...config.numbers, own(LONG_CODE, 'US', 'local'), own(TOLL_FREE, 'US', 'tollfree'), own(INDIAN, 'IN', 'local')],
  compliance: { registry: { kind: 'automatic', delay_seconds: 0 } },
});

export const complianceFixture = withCompliance(fixture);
