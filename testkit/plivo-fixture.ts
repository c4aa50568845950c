import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Account } from '../src/accounts/account.ts';
import { compose } from '../src/composition.ts';
import type { QueueLimits } from '../src/messaging/dispatcher-options.ts';
import { Router } from '../src/messaging/router.ts';
import type { Services } from '../src/plivo/services.ts';
import type { Ringdown } from '../src/ringdown.ts';
import type { Log } from '../src/runtime/log.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { type BlobStore, openLocalBlobs } from '../src/storage/blobs.ts';
import { createSealing } from '../src/storage/sealing.ts';
import type { VoiceServices } from '../src/voice/voice-off.ts';
import { expectDocumentedReplies } from './documented-replies.ts';
import { silentLog } from './silent-log.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The API on a fresh database and a virtual clock, in process: requests go through `http.inject`. */
export interface PlivoFixture {
  readonly http: FastifyInstance;
  readonly ringdown: Ringdown;
  readonly services: Services;
  readonly database: TestDatabase;
  readonly clock: VirtualClock;
  /** Where media are kept. */
  readonly blobs: BlobStore;
  readonly account: Account;
  /** Basic credentials of `account`. */
  readonly mainAuth: { authorization: string };
  /** Complete path below `account`. */
  path(rest: string): string;
  close(): Promise<void>;
}

export const OPERATOR_TOKEN = 'operator-token-of-tests';

/** The node that the fixture is. */
export const FIXTURE_NODE = '00000000-0000-4000-8000-00000000000a';

export interface FixtureOptions {
  readonly queueLimits?: QueueLimits;
  readonly log?: Log;
  readonly voice?: VoiceServices;
}

export async function createPlivoFixture(options: FixtureOptions = {}): Promise<PlivoFixture> {
  const database = await createTestDatabase();
  const clock = new VirtualClock();
  const blobDirectory = await mkdtemp(path.join(os.tmpdir(), 'ringdown-blobs-'));
  const blobs = await openLocalBlobs(blobDirectory, clock.now());
  const ringdown = compose({
    clock,
    random: createSystemRandom(),
    log: options.log ?? silentLog,
    storage: database.storage,
    blobs,
    recordingsDirectory: path.join(blobDirectory, 'recordings'),
    voice: undefined,
    voiceServices: options.voice,
    sealing: createSealing(randomBytes(32)),
    node: FIXTURE_NODE,
    publicUrl: 'http://127.0.0.1:7464',
    operatorToken: OPERATOR_TOKEN,
    allowPrivateTargets: true,
    allowedTargets: [],
    onlyNode: true,
    outcomeLingerMs: 0,
    queueLimits: options.queueLimits,
  });
  const { http, services, messaging, simulator } = ringdown;
  expectDocumentedReplies(http);
  messaging.carriers.replace({ carriers: [simulator], router: new Router([]), costOf: () => 0 });
  simulator.start(messaging.events);
  await ringdown.start();
  const authId = services.ids.authId('MA');
  await services.accounts.insert({ authId, authToken: services.ids.authToken(), name: 'Test' });
  const account = await services.directory.find(authId);
  if (!account) throw new Error('the account was not stored');
  return {
    http,
    ringdown,
    services,
    database,
    clock,
    blobs,
    account,
    mainAuth: basic(account),
    path: (rest) => `/v1/Account/${authId}/${rest}`,
    async close() {
      await withTime(clock, ringdown.stop(0));
      await database.close();
      await rm(blobDirectory, { recursive: true, force: true });
    },
  };
}

/** What waits for a time to come, however short, has it come. */
async function withTime(clock: VirtualClock, work: Promise<void>): Promise<void> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  while (!done) {
    await clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await end;
}

export const basic = (account: { authId: string; authToken: string }) => ({
  authorization: `Basic ${Buffer.from(`${account.authId}:${account.authToken}`).toString('base64')}`,
});
