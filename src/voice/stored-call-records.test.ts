import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inboundCall } from '../../testkit/call-facts.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { AccountStore } from '../accounts/account-store.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing } from '../storage/sealing.ts';
import type { CallNotification } from './call-application.ts';
import type { CallFacts, EndedFacts } from './call-facts.ts';
import { CallRecordStore } from './call-record-store.ts';
import type { CallOrigin } from './call-records.ts';
import { CallStore } from './call-store.ts';
import { hangupCause } from './hangup-cause.ts';
import { OpenCallStore } from './open-call-store.ts';
import { DEFAULT_INCREMENT } from './pricing.ts';
import { StoredCallRecords } from './stored-call-records.ts';

const ids = createIds(systemClock, createSystemRandom());

describe('records of calls', () => {
  let database: TestDatabase;
  let store: CallStore;
  let open: OpenCallStore;
  let ended: CallRecordStore;
  let accountId: string;
  let told: CallNotification[];
  let fault: string | undefined;

  before(async () => {
    database = await createTestDatabase();
    store = new CallStore(database.storage.hot, systemClock, silentLog);
    open = new OpenCallStore(database.storage);
    ended = new CallRecordStore(database.storage);
  });
  beforeEach(async () => {
    told = [];
    fault = undefined;
    accountId = ids.authId('MA');
    const accounts = new AccountStore(database.storage, createSealing(randomBytes(32)));
    await accounts.insert({ authId: accountId, authToken: ids.authToken(), name: 'Caller', balanceMicros: 1_000_000 });
  });
  after(async () => {
    await store.stop();
    await database.close();
  });

  const origin: CallOrigin = {
    rate: { perMinute: 8_500, ...DEFAULT_INCREMENT },
    applicationId: '10000000000000001',
    hangup: { url: 'http://app.example/hangup', method: 'POST' },
    carrier: 'first',
    endpointId: undefined,
    requesterIp: '192.0.2.2',
  };
  const createRecords = () =>
    new StoredCallRecords({
      store,
      detectionPrice: () => 0,
      node: 'node-here',
      writeNotifications: async (client, notifications) => {
        if (fault !== undefined) throw new Error(fault);
        // In the transaction of the record.
        const { rows } = await client.query<{ open: number }>('select count(*)::int as open from live_calls where call_id = $1', [
          notifications.map((told) => 'call' in told && told.call.callId)[0],
        ]);
        assert.equal(rows[0]?.open, 0);
        return () => told.push(...notifications);
      },
    });
  const ringing = (): CallFacts => inboundCall({ callId: ids.uuid(), accountId, ownerId: accountId, startedAt: Date.now() });
  const answered = (facts: CallFacts): CallFacts => ({ ...facts, answeredAt: facts.startedAt + 1_000 });
  const over = (facts: CallFacts): CallFacts & { readonly ended: EndedFacts } => ({
    ...facts,
    status: 'completed',
    ended: {
      at: facts.startedAt + 62_000,
      cause: hangupCause(4000, 'Caller'),
      durationS: 61,
      billedS: 120,
      amountMicros: 17_000,
    },
  });
  const reach = () => ({ accountId, subaccountId: undefined });

  test('are opened, kept up and closed in order, though nobody waits in between', async () => {
    const records = createRecords();
    const facts = ringing();
    await Promise.all([
      records.started(facts, { ...origin, cnamLookup: 'enabled' }),
      records.progressed(facts),
      records.progressed(answered(facts)),
      records.ended(over(answered(facts)), { ...origin, carrier: 'second' }),
    ]);
    assert.equal(await open.find(reach(), facts.callId), undefined);
    const record = await ended.find(reach(), facts.callId);
    assert.deepEqual(
      [record?.trunk, record?.billedSeconds, record?.amountMicros, record?.hangupCode, record?.answeredAt?.getTime()],
      ['second', 120, 17_000, 4000, facts.startedAt + 1_000],
    );
    assert.equal(record?.cnamLookup, 'enabled');
    assert.deepEqual(
      told.map(({ kind, target }) => [kind, target.url]),
      [['hangup', 'http://app.example/hangup']],
    );
  });

  test('are closed and charged once, and told once', async () => {
    const records = createRecords();
    const facts = ringing();
    await records.started(facts, origin);
    await Promise.all([records.ended(over(facts), origin), records.ended(over(facts), origin)]);
    assert.equal(told.length, 1);
    const { rows } = await database.storage.pool.query<{ balance: number }>(
      'select balance_micros::int8 as balance from accounts where auth_id = $1',
      [accountId],
    );
    assert.equal(Number(rows[0]?.balance), 1_000_000 - 17_000);
  });

  test('whose notification cannot be written stay open: neither is lost without the other', async () => {
    const records = createRecords();
    const facts = ringing();
    await records.started(facts, origin);
    fault = 'the value cannot be stored';
    await assert.rejects(records.ended(over(facts), origin), /cannot be stored/);
    assert.equal((await open.find(reach(), facts.callId))?.callId, facts.callId);
    assert.equal(await ended.find(reach(), facts.callId), undefined);
  });

  test('of calls without a hangup URL tell nobody', async () => {
    const records = createRecords();
    const facts = ringing();
    await records.started(facts, { ...origin, hangup: undefined });
    await records.ended(over(facts), { ...origin, hangup: undefined });
    assert.equal(told.length, 0);
  });
});
