import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import { AccountStore } from '../../accounts/account-store.ts';
import type { Reach } from '../../accounts/reach.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import { createSealing } from '../../storage/sealing.ts';
import type { CallNotification } from '../call-application.ts';
import type { MultiPartyFilter } from './multiparty-control.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';
import { forgetMultiPartiesBefore, MultiPartyStore } from './multiparty-store.ts';
import type { KeptMultiParty } from './record-keeper.ts';

const ids = createIds(systemClock, createSystemRandom());
const CREATED = Date.UTC(2026, 0, 14, 9, 20, 0);
const PAGE = { limit: 20, offset: 0 };
const ANY: MultiPartyFilter = {
  ownerId: undefined,
  name: undefined,
  state: undefined,
  terminationCode: undefined,
  createdFromMs: undefined,
  createdToMs: undefined,
  endedFromMs: undefined,
  endedToMs: undefined,
};
const TARGET = { url: 'http://app.example/status', method: 'POST' };

describe('multiparty calls in storage', () => {
  let database: TestDatabase;
  let accountId: string;
  let node: string;
  let store: MultiPartyStore;
  let told: CallNotification[];
  let fault: string | undefined;
  const reach = (subaccountId?: string): Reach => ({ accountId, subaccountId });
  const balance = async () => {
    const { rows } = await database.storage.pool.query<{ balance: number }>(
      'select balance_micros as balance from accounts where auth_id = $1',
      [accountId],
    );
    return rows[0]?.balance;
  };

  const live = (more: Partial<MultiPartyRecord> = {}): KeptMultiParty => ({
    record: {
      id: ids.uuid(),
      accountId,
      ownerId: accountId,
      name: 'support 42',
      state: 'active',
      createdAt: CREATED,
      startedAt: CREATED + 1_000,
      endedAt: undefined,
      bill: undefined,
      recording: 'recording',
      stayAlone: false,
      maxParticipants: 10,
      maxDurationMs: 14_400_000,
      terminationCode: undefined,
      ...more,
    },
    statusCallback: { target: TARGET, events: ['mpc-state-changes'] },
    sequence: 4,
    rateMicros: 2_500,
  });
  const ended = (kept: KeptMultiParty, more: Partial<MultiPartyRecord> = {}): KeptMultiParty => ({
    ...kept,
    record: {
      ...kept.record,
      state: 'ended',
      recording: undefined,
      endedAt: CREATED + 61_000,
      bill: { durationS: 60, billedS: 120, amountMicros: 5_000 },
      terminationCode: 1000,
      ...more,
    },
  });
  const stay = (multiPartyId: string, memberId: string, more: Partial<ParticipantRecord> = {}): ParticipantRecord => ({
    memberId,
    multiPartyId,
    callId: ids.uuid(),
    address: '14155550123',
    role: 'agent',
    coach: false,
    mute: true,
    hold: false,
    startOnEnter: true,
    endOnExit: false,
    joinedAt: CREATED + 1_000,
    exitedAt: undefined,
    bill: undefined,
    exit: undefined,
    ...more,
  });

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  beforeEach(async () => {
    accountId = ids.authId('MA');
    const accounts = new AccountStore(database.storage, createSealing(randomBytes(32)));
    await accounts.insert({ authId: accountId, authToken: ids.authToken(), name: 'Caller', balanceMicros: 1_000_000 });
    node = `node-${ids.uuid()}`;
    told = [];
    fault = undefined;
    store = new MultiPartyStore({
      pool: database.storage.pool,
      node,
      writeNotifications: async (_, notifications) => {
        if (fault !== undefined) throw new Error(fault);
        return () => void told.push(...notifications);
      },
    });
  });

  it('are kept as they change, and read as they were written', async () => {
    const kept = live({ state: 'initialized', startedAt: undefined, recording: 'not-recording' });
    const { id } = kept.record;
    const first = stay(id, '1');
    await store.save(kept, [first]);
    assert.deepEqual(await store.find(reach(), id), kept.record);
    const later = { ...kept, record: { ...kept.record, state: 'active', startedAt: CREATED + 5, recording: 'paused' } } as const;
    const left = stay(id, '1', {
      callId: first.callId,
      mute: undefined,
      hold: undefined,
      coach: undefined,
      exitedAt: CREATED + 31_000,
      bill: { durationS: 30, billedS: 60, amountMicros: 2_500 },
      exit: 'kicked',
    });
    const second = stay(id, '12', { role: 'customer' });
    await store.save(later, [left, second]);
    assert.deepEqual(await store.find(reach(), id), later.record);
    assert.deepEqual(await store.participants(id, undefined, PAGE), { total: 2, items: [left, second] });
    assert.deepEqual((await store.participants(id, second.callId, PAGE)).items, [second]);
    assert.deepEqual(await store.participant(id, '1'), left);
    for (const memberId of ['2', 'x', '9'.repeat(30)]) assert.equal(await store.participant(id, memberId), undefined);
    assert.equal(await store.find({ accountId: 'MASOMEBODYELSE000001', subaccountId: undefined }, id), undefined);
    assert.equal(await store.find(reach(), 'no id'), undefined);
  });

  it('are closed once, with their charge and notification or without any of them', async () => {
    const kept = live();
    const told0 = { kind: 'multiparty', target: TARGET, multiParty: kept.record, event: 'ended', at: 1, sequence: 5 } as const;
    const before = await balance();
    fault = 'the queue is away';
    await assert.rejects(store.close(ended(kept), [], told0), /queue is away/);
    assert.equal(await store.find(reach(), kept.record.id), undefined);
    fault = undefined;
    assert.equal(await store.close(ended(kept), [stay(kept.record.id, '1')], told0), true);
    assert.equal(await store.close(ended(kept, { terminationCode: 3000 }), [], told0), false);
    await store.save(kept, []);
    assert.deepEqual(await store.find(reach(), kept.record.id), ended(kept).record);
    assert.deepEqual([told.length, await balance()], [1, (before ?? 0) - 5_000]);
  });

  it('that a dead process left open are closed up to when it was known to run, once', async () => {
    const kept = live();
    const { id } = kept.record;
    const gone = stay(id, '1', {
      exitedAt: CREATED + 9_000,
      bill: { durationS: 8, billedS: 60, amountMicros: 2_500 },
      exit: 'hangup',
    });
    await store.save(kept, [gone, stay(id, '2')]);
    const active = CREATED + 91_000;
    await database.storage.pool.query('insert into call_engines values ($1, to_timestamp($2::float8 / 1000))', [node, active]);
    const before = await balance();
    assert.equal(await store.closeAbandoned('another-node', active + 60_000), 0);
    assert.equal(await store.closeAbandoned(node, active + 60_000), 1);
    assert.equal(await store.closeAbandoned(node, active + 60_000), 0);
    const record = await store.find(reach(), id);
    assert.deepEqual(
      [record?.state, record?.endedAt, record?.terminationCode, record?.recording],
      ['ended', active, 0, undefined],
    );
    assert.deepEqual(record?.bill, { durationS: 90, billedS: 180, amountMicros: 7_500 });
    const [first, second] = (await store.participants(id, undefined, PAGE)).items;
    assert.deepEqual([first?.exit, second?.exit, second?.mute, second?.exitedAt], ['hangup', 'ended', undefined, active]);
    assert.deepEqual(second?.bill, { durationS: 90, billedS: 120, amountMicros: 5_000 });
    const [notice] = told;
    assert.ok(notice?.kind === 'multiparty' && told.length === 1);
    assert.deepEqual([notice.event, notice.sequence, notice.end?.code, notice.end?.bill], ['ended', 5, 0, record?.bill]);
    assert.equal(await balance(), (before ?? 0) - 7_500);
  });

  it('are listed newest first by every filter', async () => {
    const made = [
      live({ name: 'one', createdAt: CREATED, ownerId: 'SASUBACCOUNT00000001' }),
      live({ name: 'two', createdAt: CREATED + 60_000, state: 'initialized', startedAt: undefined }),
      live({ name: 'two', createdAt: CREATED + 120_000 }),
    ] as const;
    for (const each of made) await store.save(each, []);
    const end = CREATED + 200_000;
    await store.close(ended(made[2], { endedAt: end, terminationCode: 2000 }), [], undefined);
    const names = async (filter: Partial<MultiPartyFilter>, within = reach()) => {
      const { total, items } = await store.list(within, { ...ANY, ...filter }, PAGE);
      assert.equal(total, items.length);
      return items.map(({ name, state }) => `${name} ${state}`);
    };
    assert.deepEqual(await names({}), ['two ended', 'two initialized', 'one active']);
    assert.deepEqual(await names({ name: 'two' }), ['two ended', 'two initialized']);
    assert.deepEqual(await names({ state: 'ended' }), ['two ended']);
    assert.deepEqual(await names({ state: 'active' }), ['one active']);
    assert.deepEqual(await names({ terminationCode: 2000 }), ['two ended']);
    assert.deepEqual(await names({ ownerId: 'SASUBACCOUNT00000001' }), ['one active']);
    assert.deepEqual(await names({}, reach('SASUBACCOUNT00000001')), ['one active']);
    assert.deepEqual(await names({ createdFromMs: CREATED + 60_000, createdToMs: CREATED + 60_000 }), ['two initialized']);
    assert.deepEqual(await names({ endedFromMs: end + 1 }), ['two initialized', 'one active']);
    assert.deepEqual(await names({ endedFromMs: end, endedToMs: end }), ['two ended', 'two initialized', 'one active']);
    const page = await store.list(reach(), ANY, { limit: 1, offset: 1 });
    assert.deepEqual([page.total, page.items.map(({ state }) => state)], [3, ['initialized']]);
  });

  it('are forgotten with their participants when they are old and have ended', async () => {
    const old = live();
    const open = live();
    await store.save(open, []);
    await store.close(ended(old), [stay(old.record.id, '1')], undefined);
    await forgetMultiPartiesBefore(database.storage.pool, CREATED + 1);
    assert.equal(await store.find(reach(), old.record.id), undefined);
    assert.equal((await store.participants(old.record.id, undefined, PAGE)).total, 0);
    assert.ok(await store.find(reach(), open.record.id));
  });

  it('hold any name', async () => {
    const kept = live({ name: 'caf\u00e9 \u0000 \ud800' });
    await store.save(kept, []);
    assert.equal((await store.list(reach(), { ...ANY, name: kept.record.name }, PAGE)).total, 1);
  });
});
