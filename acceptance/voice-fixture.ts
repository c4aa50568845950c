/** What the suites of calls expect of a server beyond acceptance/fixture.ts: the far ends they call, and accounts with other limits. */
import { fixture, OTHER_AUTH_ID, OTHER_AUTH_TOKEN } from './fixture.ts';
import { AUTH_ID, unlimitedAccount } from './server.ts';

/** Numbers of another account of the same server: what they do when called is in far-end.ts. */
export const FAR = {
  /** Answers at once and stays for a minute. */
  answers: '14155550180',
  /** Rings until the caller gives up. */
  rings: '14155550181',
  busy: '14155550182',
  rejects: '14155550183',
  /** Answers, and tells what keys were pressed. */
  listens: '14155550184',
  /** Answers, and presses 4 7 1 1 after two seconds: by then the caller's first words are over on a busy machine too. */
  presses: '14155550185',
  /** Answers, and hangs up after a second. */
  leaves: '14155550186',
  /** Answers, and plays a tone until the caller hangs up. */
  plays: '14155550187',
} as const;
export type FarName = keyof typeof FAR;

/** An account that may start one call a second. */
export const SLOW_AUTH_ID = 'MAACCEPTANCE00000003';
export const SLOW_AUTH_TOKEN = 'acceptance-token-0000000000000000000003x';
export const SLOW_NUMBER = '14155550190';

/** Calls that these settings bar: a country that is not enabled, and numbers that begin with a prefix. */
export const BARRED_COUNTRY_NUMBER = '442079460123';
export const BARRED_PREFIX_NUMBER = '14155559001';

const simulated = (number: string, account: string) => ({ number, account, carrier: 'simulator', country: 'US', type: 'local' });
/** As many calls a second as no suite makes. */
const unlimitedCalls = { calls_per_second: 1000, inbound_calls_per_second: 1000, call_requests_per_5s: 0 };
const caller = {
  ...unlimitedAccount,
  limits: { ...unlimitedAccount.limits, ...unlimitedCalls },
  geo: { ...unlimitedAccount.geo, voice: ['US', 'CA'], voice_barred_prefixes: ['1415555900'] },
};

export const voiceFixture = {
  ...fixture,
  accounts: [
    { ...caller, auth_id: AUTH_ID },
    { ...caller, auth_id: OTHER_AUTH_ID, auth_token: OTHER_AUTH_TOKEN, name: 'Far end' },
    {
      ...caller,
      auth_id: SLOW_AUTH_ID,
      auth_token: SLOW_AUTH_TOKEN,
      name: 'Slow',
      limits: { ...caller.limits, calls_per_second: 1 },
    },
  ],
  numbers: [
    ...fixture.numbers,
    ...Object.values(FAR).map((number) => simulated(number, OTHER_AUTH_ID)),
    simulated(SLOW_NUMBER, SLOW_AUTH_ID),
  ],
};
