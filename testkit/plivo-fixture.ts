import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Account } from '../src/accounts/account.ts';
import { AccountDirectory } from '../src/accounts/account-directory.ts';
import { AccountStore } from '../src/accounts/account-store.ts';
import { createMemoryRateLimiter } from '../src/cluster/rate-limiter.ts';
import { AsyncRequests } from '../src/plivo/async-request.ts';
import { AsyncRequestStore } from '../src/plivo/async-request-store.ts';
import { commands } from '../src/plivo/commands.ts';
import { createServer } from '../src/plivo/server.ts';
import type { Services } from '../src/plivo/services.ts';
import { createIds } from '../src/runtime/ids.ts';
import { silentLog } from '../src/runtime/log.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { createSealing } from '../src/storage/sealing.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The API on a fresh database and a virtual clock, in process: requests go through `http.inject`. */
export interface PlivoFixture {
  readonly http: FastifyInstance;
  readonly services: Services;
  readonly database: TestDatabase;
  readonly clock: VirtualClock;
  readonly account: Account;
  /** Basic credentials of `account`. */
  readonly mainAuth: { authorization: string };
  /** Complete path below `account`. */
  path(rest: string): string;
  close(): Promise<void>;
}

export async function createPlivoFixture(): Promise<PlivoFixture> {
  const database = await createTestDatabase();
  const clock = new VirtualClock();
  const ids = createIds(clock, createSystemRandom());
  const accounts = new AccountStore(database.storage, createSealing(randomBytes(32)));
  const directory = new AccountDirectory(accounts, clock);
  const services: Services = {
    clock,
    ids,
    log: silentLog,
    limiter: createMemoryRateLimiter(clock),
    directory,
    accounts,
    publicUrl: 'http://127.0.0.1:7464',
  };
  const asyncRequests = new AsyncRequests(
    new AsyncRequestStore(database.storage.pool, async () => undefined),
    directory,
    'node-a',
  );
  await asyncRequests.start(commands, services);
  const http = createServer(commands, services, asyncRequests);
  const authId = ids.authId('MA');
  await accounts.insert({ authId, authToken: ids.authToken(), name: 'Test' });
  const account = await directory.find(authId);
  if (!account) throw new Error('the account was not stored');
  return {
    http,
    services,
    database,
    clock,
    account,
    mainAuth: basic(account),
    path: (rest) => `/v1/Account/${authId}/${rest}`,
    async close() {
      await http.close();
      await asyncRequests.stop();
      await database.close();
    },
  };
}

export const basic = (account: { authId: string; authToken: string }) => ({
  authorization: `Basic ${Buffer.from(`${account.authId}:${account.authToken}`).toString('base64')}`,
});
