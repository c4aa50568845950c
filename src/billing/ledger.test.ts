import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { inTransaction } from '../storage/storage.ts';
import { AlertStore } from './alert-store.ts';
import type { SpendAlert } from './alerts.ts';
import { chargeOnce, type Due, type KeyedDue, takeDue } from './charge-store.ts';
import { LedgerStore } from './ledger-store.ts';
import { RentStore } from './rent-store.ts';
import type { SpendSettings } from './spend-limits.ts';
import { affordable, leftOf, StandingStore } from './standing-store.ts';

const MAIN = 'MALEDGERTESTACCOUNT1';
const SUB = 'SALEDGERTESTACCOUNT1';
const NOW = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());

const query = async (text: string, values: readonly unknown[] = []) =>
  (await database.storage.pool.query(text, [...values])).rows;

beforeEach(async () => {
  await query('truncate accounts, ledger_entries, spend, spend_alerts, numbers, recordings cascade');
  await query(
    `insert into accounts (auth_id, parent_id, auth_token, name, billing_mode, balance_micros)
     values ($1, null, 'x', 'Main', 'prepaid', 1000000), ($2, $1, 'y', 'Sub', 'prepaid', 0)`,
    [MAIN, SUB],
  );
});

const due = (micros: number, more: Partial<KeyedDue> = {}): KeyedDue => ({
  key: `lookup:${micros}`,
  accountId: MAIN,
  ownerId: MAIN,
  kind: 'lookup',
  micros,
  at: NOW,
  ...more,
});
const balance = async () => (await query('select balance_micros as micros from accounts where auth_id = $1', [MAIN]))[0].micros;
const spentOf = async (scope: string) =>
  Object.fromEntries(
    (await query('select kind, sum(amount_micros)::int8 as micros from spend where scope_id = $1 group by kind', [scope])).map(
      ({ kind, micros }) => [kind, micros],
    ),
  );
const limit = (authId: string, settings: SpendSettings) =>
  query(`update accounts set settings = jsonb_build_object('spend', $2::jsonb) where auth_id = $1`, [
    authId,
    JSON.stringify(settings),
  ]);

describe('the ledger', () => {
  it('takes each key once, from the account, and counts it for the subaccount that used it', async () => {
    const { pool } = database.storage;
    const first = await chargeOnce(pool, [due(300, { ownerId: SUB }), due(200)]);
    assert.deepEqual([...first].sort(), ['lookup:200', 'lookup:300']);
    assert.deepEqual([...(await chargeOnce(pool, [due(300, { ownerId: SUB }), due(50)]))], ['lookup:50']);
    assert.equal(await balance(), 1_000_000 - 550);
    assert.deepEqual([await spentOf(MAIN), await spentOf(SUB)], [{ lookup: 550 }, { lookup: 300 }]);
  });

  it('holds credit as what it is: it raises the balance and is no spending', async () => {
    await chargeOnce(database.storage.pool, [due(-5_000, { kind: 'credit', key: 'credit:1' })]);
    assert.equal(await balance(), 1_005_000);
    assert.deepEqual(await spentOf(MAIN), {});
  });

  it('leaves nothing of a charge whose transaction fails', async () => {
    await assert.rejects(
      inTransaction(database.storage.pool, async (client) => {
        await chargeOnce(client, [due(300)]);
        throw new Error('the record could not be written');
      }),
    );
    assert.equal(await balance(), 1_000_000);
    assert.deepEqual(await query('select entry_key from ledger_entries'), []);
  });

  it('charges every key exactly once, whatever connections die and however often it is tried again', async () => {
    const charge = fc.record({ key: fc.integer({ min: 0, max: 11 }), isOfSub: fc.boolean(), dies: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(charge, { minLength: 1, maxLength: 24 }), async (charges) => {
        await query('truncate ledger_entries, spend');
        await query('update accounts set balance_micros = 1000000 where auth_id = $1', [MAIN]);
        const owners = new Map(charges.map(({ key, isOfSub }) => [key, isOfSub ? SUB : MAIN]));
        const tried = async ({ key, dies }: (typeof charges)[number]) => {
          let isFirst = true;
          for (;;) {
            try {
              return await inTransaction(database.storage.hot, async (client) => {
                await chargeOnce(client, [due(key + 1, { key: `k${key}`, ownerId: owners.get(key) ?? MAIN })]);
                if (dies && isFirst) await client.query('select pg_terminate_backend(pg_backend_pid())');
              });
            } catch (error) {
              if (!isFirst) throw error;
              isFirst = false;
            }
          }
        };
        await Promise.all(charges.map(tried));
        const keys = [...owners.keys()];
        const sum = (of: readonly number[]) => of.reduce((total, key) => total + key + 1, 0);
        assert.equal(await balance(), 1_000_000 - sum(keys));
        const ofSub = sum(keys.filter((key) => owners.get(key) === SUB));
        assert.deepEqual(await spentOf(MAIN), { lookup: sum(keys) });
        assert.deepEqual(await spentOf(SUB), ofSub === 0 ? {} : { lookup: ofSub });
      }),
      { numRuns: 10 },
    );
  });

  it('takes what records owe together, whatever accounts and kinds they are of', async () => {
    const row = (micros: number, ownerId: string, kind: Due['kind']): Due => ({
      accountId: MAIN,
      ownerId,
      kind,
      micros,
      at: NOW,
    });
    await takeDue(database.storage.pool, [row(10, MAIN, 'sms'), row(20, SUB, 'sms'), row(30, SUB, 'stream'), row(0, SUB, 'mms')]);
    assert.equal(await balance(), 1_000_000 - 60);
    assert.deepEqual(
      [await spentOf(MAIN), await spentOf(SUB)],
      [
        { sms: 30, stream: 30 },
        { sms: 20, stream: 30 },
      ],
    );
  });
});

describe('spend limits', () => {
  const leftFor = async (authId: string, now = NOW) => {
    const standing = await new StandingStore(database.storage.hot).find(authId, now);
    return standing && leftOf(standing);
  };

  it('are of the day and the month (UTC), of account and subaccount, the least of which counts', async () => {
    await limit(MAIN, { perDayMicros: 500, perMonthMicros: 800 });
    await limit(SUB, { perDayMicros: 100 });
    await chargeOnce(database.storage.pool, [due(90, { ownerId: SUB }), due(300, { key: 'yesterday', at: NOW - DAY_MS })]);
    assert.deepEqual([await leftFor(MAIN), await leftFor(SUB)], [410, 10]);
    assert.deepEqual([await leftFor(MAIN, NOW + DAY_MS), await leftFor(SUB, NOW + DAY_MS)], [410, 100]);
    const nextMonth = NOW + 12 * DAY_MS;
    assert.equal(await leftFor(MAIN, nextMonth), 500);
  });

  it('are held against what is about to be charged, as the balance is', async () => {
    const can = (owner: string, micros: number) =>
      inTransaction(database.storage.pool, (client) => affordable(client, MAIN, owner, micros, NOW));
    assert.deepEqual([await can(SUB, 1_000_000), await can(SUB, 1_000_001)], [true, false]);
    await limit(SUB, { perMonthMicros: 10 });
    assert.deepEqual([await can(SUB, 10), await can(SUB, 11), await can(MAIN, 11)], [true, false, true]);
  });
});

describe('alerts', () => {
  let told: SpendAlert[];
  const store = () =>
    new AlertStore(database.storage.pool, {
      write: async (_, alerts) => {
        told.push(...alerts);
        return () => undefined;
      },
    });
  beforeEach(() => {
    told = [];
  });
  const crossings = () =>
    told.map(({ authId, what }) => `${authId} ${what.kind} ${what.kind === 'balance' ? what.thresholdMicros : what.percent}`);
  const alertUrl = 'http://app.example/alert';

  it('tell each crossing of a day once, on however many nodes, and anew the next day', async () => {
    await limit(MAIN, { perDayMicros: 1_000, alertPercents: [50, 100], alertUrl });
    await limit(SUB, { perMonthMicros: 1_000, alertUrl });
    await chargeOnce(database.storage.pool, [due(799, { ownerId: SUB })]);
    await Promise.all([store().tell(NOW), store().tell(NOW), store().tell(NOW)]);
    assert.deepEqual(crossings(), [`${MAIN} day 50`]);
    await chargeOnce(database.storage.pool, [due(201, { ownerId: SUB })]);
    await store().tell(NOW);
    assert.deepEqual(crossings(), [`${MAIN} day 50`, `${MAIN} day 100`, `${SUB} month 80`, `${SUB} month 100`]);
    await chargeOnce(database.storage.pool, [due(500, { key: 'tomorrow', at: NOW + DAY_MS })]);
    await store().tell(NOW + DAY_MS);
    assert.deepEqual(crossings().slice(4), [`${MAIN} day 50`]);
  });

  it('tell of a low balance once, until it has risen again', async () => {
    await limit(MAIN, { balanceAlertsMicros: [500_000, 900_000], alertUrl });
    await store().tell(NOW);
    assert.deepEqual(crossings(), []);
    await chargeOnce(database.storage.pool, [due(200_000)]);
    await store().tell(NOW);
    await store().tell(NOW);
    assert.deepEqual(crossings(), [`${MAIN} balance 900000`]);
    await new LedgerStore(database.storage.pool).credit(MAIN, 200_000, 'k', '', NOW);
    await store().tell(NOW);
    await chargeOnce(database.storage.pool, [due(150_000)]);
    await store().tell(NOW);
    assert.deepEqual(crossings(), [`${MAIN} balance 900000`, `${MAIN} balance 900000`]);
  });

  it('are not noted when they cannot be told', async () => {
    await limit(MAIN, { balanceAlertsMicros: [2_000_000], alertUrl });
    const broken = new AlertStore(database.storage.pool, { write: () => Promise.reject(new Error('away')) });
    await assert.rejects(broken.tell(NOW));
    await store().tell(NOW);
    assert.equal(told.length, 1);
  });
});

describe('credit', () => {
  it('is granted once for each key, and lifts the lock', async () => {
    const ledger = new LedgerStore(database.storage.pool);
    await query('update accounts set credit_lock_until = now() where auth_id = $1', [MAIN]);
    for (let time = 0; time < 2; time++) assert.equal(await ledger.credit(MAIN, 500, 'invoice 1', 'paid', NOW), true);
    assert.equal(await balance(), 1_000_500);
    assert.equal((await ledger.statement(MAIN, NOW))?.lockedUntil, null);
    assert.equal(await ledger.credit(SUB, 500, 'invoice 1', '', NOW), false, 'a subaccount has no balance');
    const { total, items } = await ledger.list(MAIN, { limit: 5, offset: 0 });
    assert.deepEqual([total, items[0]?.micros, items[0]?.detail], [1, -500, 'paid']);
  });

  it('comes by itself when the balance is low, up to what may be granted in a month', async () => {
    const store = new AlertStore(database.storage.pool, { write: async () => () => undefined });
    await limit(MAIN, { recharge: { belowMicros: 900_000, addMicros: 300_000, perMonthMicros: 600_000 } });
    assert.deepEqual(await store.recharge(NOW), []);
    await chargeOnce(database.storage.pool, [due(400_000)]);
    await Promise.all([store.recharge(NOW), store.recharge(NOW)]);
    assert.equal(await balance(), 900_000);
    await chargeOnce(database.storage.pool, [due(700_000)]);
    await store.recharge(NOW);
    await store.recharge(NOW);
    assert.equal(await balance(), 500_000, 'twice in a month and no more');
    await store.recharge(NOW + 12 * DAY_MS);
    assert.equal(await balance(), 800_000);
  });
});

describe('rent', () => {
  const addNumber = (number: string, renewal: string, added: string, subaccount: string | null = null) =>
    query(
      `insert into numbers (number, account_id, subaccount_id, country_iso, type, monthly_micros, added_at, renewal_date)
       values ($1, $2, $3, 'US', 'local', 800, $4, $5)`,
      [number, MAIN, subaccount, added, renewal],
    );
  const renewals = async () =>
    (await query('select renewal_date::text as day from numbers order by number')).map(({ day }) => day);

  it('is charged once a month for each number, on however many nodes, and on the day of the purchase where the month has it', async () => {
    const rents = () => new RentStore(database.storage.pool);
    await addNumber('14155550101', '2026-11-21', '2026-10-21T10:00:00Z', SUB);
    await addNumber('14155550102', '2027-02-28', '2027-01-31T10:00:00Z');
    await Promise.all([rents().chargeNumbers(NOW), rents().chargeNumbers(NOW)]);
    assert.equal(await balance(), 1_000_000 - 800);
    assert.deepEqual(await spentOf(SUB), { number_rent: 800 });
    assert.deepEqual(await renewals(), ['2026-12-21', '2027-02-28']);
    await rents().chargeNumbers(Date.UTC(2027, 1, 28, 1));
    assert.deepEqual(await renewals(), ['2027-01-21', '2027-03-31']);
  });

  it('is charged for every month that nobody looked', async () => {
    const rents = new RentStore(database.storage.pool);
    await addNumber('14155550101', '2026-08-21', '2026-07-21T10:00:00Z');
    for (let time = 0; time < 6; time++) await rents.chargeNumbers(NOW);
    assert.equal(await balance(), 1_000_000 - 4 * 800);
    assert.deepEqual(await renewals(), ['2026-12-21']);
  });

  it('of recordings begins after 90 days, by the minute and month, when it has a price', async () => {
    const rents = new RentStore(database.storage.pool);
    await query(
      `insert into recordings (recording_id, account_id, owner_id, call_id, node, type, format, channels, from_number, to_number, state, duration_ms,
         started_at, added_at)
       values (gen_random_uuid(), $1, $2, gen_random_uuid(), 'n', 'call', 'mp3', 'mono', '1', '2', 'available', 61000,
         to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000))`,
      [MAIN, SUB, NOW - 125 * DAY_MS],
    );
    await rents.chargeStorage(0, NOW);
    assert.equal(await balance(), 1_000_000);
    await rents.chargeStorage(400, NOW);
    await rents.chargeStorage(400, NOW);
    assert.deepEqual(await spentOf(SUB), { recording_storage: 800 });
    await rents.chargeStorage(400, NOW + 30 * DAY_MS);
    assert.deepEqual(await spentOf(SUB), { recording_storage: 1_600 });
  });
});
