import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type ApiClient, createTenant, stockInventory } from '../../testkit/api-client.ts';
import { inboundCall } from '../../testkit/call-facts.ts';
import { newCall, storeEndedCall } from '../../testkit/call-rows.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { webhooksOfSubject } from '../../testkit/stored-webhooks.ts';
import { unfinishedWav } from '../../testkit/unfinished-wav.ts';
import { stream } from '../../testkit/voice-elements.ts';
import { closeAbandoned } from '../voice/abandoned-calls.ts';
import { StoredCallCharges } from '../voice/call-charges.ts';
import { CallStore } from '../voice/call-store.ts';
import { OpenCallStore } from '../voice/open-call-store.ts';
import { RecordingStore } from '../voice/recording-store.ts';
import { Recordings } from '../voice/recordings.ts';
import type { StreamFacts } from '../voice/streams/stream-facts.ts';
import { StreamStore } from '../voice/streams/stream-store.ts';
import { ChargeJournal } from './charge-journal.ts';
import { compileRates } from './rates.ts';

const NODE = 'node-of-charges';

let fixture: PlivoFixture;
let api: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  api = await createTenant(fixture, 'Charges');
  fixture.ringdown.setRates(
    compileRates([
      { service: 'stream', direction: 'outbound', prefix: '', rate: '0.002' },
      { service: 'recording', direction: 'outbound', prefix: '', rate: '0.001' },
      { service: 'lookup', direction: 'outbound', prefix: '', rate: '0.004' },
      { service: 'verification', direction: 'outbound', prefix: '', rate: '0.05' },
    ]),
  );
});
after(() => fixture.close());

const query = async (text: string, values: readonly unknown[] = []) =>
  (await fixture.database.storage.pool.query(text, [...values])).rows;
const balance = async () => Number((await api.get('')).body.cash_credits);
const spentOn = async (kind: string): Promise<number> =>
  (
    await query('select coalesce(sum(amount_micros), 0)::int8 as micros from spend where scope_id = $1 and kind = $2', [
      api.authId,
      kind,
    ])
  )[0].micros;

describe('what records are charged with', () => {
  const streams = () => new StreamStore(fixture.database.storage.hot, NODE, () => 2_000);
  const facts = (now: number): StreamFacts => ({
    streamId: fixture.services.ids.uuid(),
    callId: fixture.services.ids.uuid(),
    accountId: api.authId,
    ownerId: api.authId,
    plan: stream().plan,
    state: 'streaming',
    createdAt: now,
    startedAt: now,
    endedAt: undefined,
    endReason: undefined,
  });

  it('a stream pays for its started minutes once, however often its end is written', async () => {
    const now = fixture.clock.now();
    const begun = facts(now);
    await streams().insert(begun);
    await streams().update(begun);
    assert.equal(await spentOn('stream'), 0);
    const ended: StreamFacts = { ...begun, state: 'stopped', endedAt: now + 61_000, endReason: 'Call hangup' };
    await Promise.all([streams().update(ended), streams().update(ended)]);
    assert.equal(await spentOn('stream'), 4_000);
    assert.equal(
      (await streams().find({ accountId: api.authId, subaccountId: undefined }, begun.callId, begun.streamId))?.amountMicros,
      4_000,
    );
  });

  it('a stream of a process that died pays as far as that was known to run, once', async () => {
    const now = fixture.clock.now();
    const before = await spentOn('stream');
    await streams().insert(facts(now));
    await streams().update(facts(now));
    const begun = facts(now);
    await streams().insert(begun);
    await streams().update(begun);
    await new OpenCallStore(fixture.database.storage).beat(NODE, now + 30_000);
    await Promise.all([streams().closeAbandoned(NODE, now + 3_600_000), streams().closeAbandoned(NODE, now + 3_600_000)]);
    assert.equal((await spentOn('stream')) - before, 2_000);
  });

  it('machine detection is paid for with the end of its call, also when its process died', async () => {
    const { storage } = fixture.database;
    const calls = new CallStore(storage.hot, fixture.clock, silentLog);
    const callId = fixture.services.ids.uuid();
    const now = fixture.clock.now();
    const answer = { url: 'http://app.example/answer', method: 'POST' } as const;
    const machine = { ifMachine: 'continue', answer: { windowMs: 5_000 } };
    await calls.insertStarted(newCall({ callId, accountId: api.authId, initiatedAt: now }), 'dialing', NODE);
    await calls.markAnswered(callId, now);
    await query(`update live_calls set options = $2 where call_id = $1`, [
      callId,
      JSON.stringify({ dial: { answer, sendOnPreanswer: false, headers: {}, machine } }),
    ]);
    const told = async () => () => undefined;
    const close = () => closeAbandoned(NODE, new OpenCallStore(storage), calls, told, () => 7_000);
    assert.deepEqual([(await close()).closed, (await close()).closed], [1, 0]);
    assert.equal(await spentOn('machine_detection'), 7_000);
    await calls.stop();
  });

  describe('what calls cause while they go on', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-charges-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));
    const file = (name: string) => path.join(folder, name);
    /** Those of a process whose journal is this one; `pool`: of a database that may be away. */
    const processOf = async (name: string, pool: pg.Pool = fixture.database.storage.hot) => {
      const journal = await ChargeJournal.open(file(name), silentLog);
      const charges = new StoredCallCharges({
        pool,
        journal,
        price: (service, from) => (service === 'cnam_lookup' && from?.startsWith('1') ? 1_000 : 20_000),
        clock: fixture.clock,
        ids: fixture.services.ids,
        log: silentLog,
      });
      const end = async () => {
        await charges.stop();
        journal.close();
      };
      return { charges, end };
    };
    const entriesOf = async (callId: string) =>
      (
        await query('select kind from ledger_entries where account_id = $1 and detail = $2 order by kind', [api.authId, callId])
      ).map(({ kind }) => kind);
    const newCallFacts = () => inboundCall({ callId: fixture.services.ids.uuid(), accountId: api.authId, ownerId: api.authId });

    it('is paid for once each, also when it was asked for just before the end', async () => {
      const { charges, end } = await processOf('usual');
      const call = newCallFacts();
      const before = await balance();
      assert.equal(charges.take(call, 'speech_recognition', 2), 40_000);
      assert.equal(charges.take(call, 'speech_recognition', 1), 20_000);
      assert.equal(charges.take(call, 'speech_recognition', 0), 0);
      assert.equal(charges.take(call, 'cnam_lookup', 1), 1_000);
      await end();
      assert.deepEqual([await spentOn('speech_recognition'), await spentOn('cnam_lookup')], [60_000, 1_000]);
      assert.equal(((await balance()) - before).toFixed(5), '-0.06100');
      assert.deepEqual(await entriesOf(call.callId), ['cnam_lookup', 'speech_recognition', 'speech_recognition']);
      assert.equal(await readFile(file('usual'), 'utf8'), '', 'nothing is left for the next process');
    });

    it('is charged by the next process where this one has ended with the database away', async () => {
      const away = new pg.Pool({ host: '127.0.0.1', port: 1 });
      const dying = await processOf('away', away);
      const call = newCallFacts();
      dying.charges.take(call, 'speech_recognition', 3);
      dying.charges.take(call, 'cnam_lookup', 1);
      await dying.end();
      await away.end();
      assert.deepEqual(await entriesOf(call.callId), []);
      const before = await balance();
      const next = await processOf('away');
      next.charges.start();
      await next.end();
      assert.equal(((await balance()) - before).toFixed(5), '-0.06100');
      assert.deepEqual(await entriesOf(call.callId), ['cnam_lookup', 'speech_recognition']);
      assert.equal(await readFile(file('away'), 'utf8'), '');
    });

    it('is not charged again where the process was killed between the ledger and its journal', async () => {
      const { charges, end } = await processOf('killed');
      const call = newCallFacts();
      charges.take(call, 'speech_recognition', 1);
      const noted = await readFile(file('killed'));
      await end();
      await writeFile(file('killed'), noted);
      const before = await balance();
      const next = await processOf('killed');
      next.charges.start();
      await next.end();
      assert.equal(await balance(), before);
      assert.deepEqual(await entriesOf(call.callId), ['speech_recognition']);
    });
  });

  it('a look-up and a number are paid at once, or refused with 402', async () => {
    const before = await balance();
    assert.equal((await api.get('/v1/Number/14155550123')).status, 200);
    assert.equal((await fixture.http.inject({ url: '/v1/Number/12', headers: basic(api) })).statusCode, 404);
    assert.equal(((await balance()) - before).toFixed(5), '-0.00400');
    await stockInventory(fixture, [
      { number: '14155550471', setup_micros: 500_000, monthly_micros: 800_000 },
      { number: '14155550472', monthly_micros: 800_000 },
    ]);
    assert.equal((await api.post('PhoneNumber/14155550471/')).status, 201);
    assert.equal(((await balance()) - before).toFixed(5), '-1.30400');
    await query(`update accounts set billing_mode = 'prepaid', balance_micros = 799999 where auth_id = $1`, [api.authId]);
    assert.equal((await api.post('PhoneNumber/14155550472/')).status, 402);
    await query('update accounts set balance_micros = 1 where auth_id = $1', [api.authId]);
    assert.equal((await api.get('/v1/Number/14155550123')).status, 402);
    assert.equal(await balance(), 0);
    await query(`update accounts set billing_mode = 'postpaid' where auth_id = $1`, [api.authId]);
  });
});

describe('a call between masked parties whose process died', () => {
  it('gets its end from the records of its legs, and is told once', async () => {
    const { storage } = fixture.database;
    const calls = new CallStore(storage.hot, fixture.clock, silentLog);
    await query(`insert into numbers (number, account_id, country_iso, type) values ('14155550480', $1, 'US', 'local')`, [
      api.authId,
    ]);
    fixture.services.numberDirectory.invalidateAll();
    const made = await api.post('Masking/Session/', { first_party: '14155550481', second_party: '14155550482' });
    const sessionId = String(made.body.session_uuid);
    const [first, second] = [fixture.services.ids.uuid(), fixture.services.ids.uuid()];
    const now = fixture.clock.now();
    const leg = (callId: string) => newCall({ callId, accountId: api.authId, initiatedAt: now });
    for (const callId of [first, second]) await storeEndedCall(calls, leg(callId), now + 42_000);
    await query(
      `insert into masking_interactions (first_call_id, session_id, second_call_id, first_status, second_status, started_at)
       values ($1, $2, $3, 'in-progress', 'in-progress', to_timestamp($4::float8 / 1000))`,
      [first, sessionId, second, now],
    );
    const open = async () => query('select first_status, billed_seconds, amount_micros, ended_at from masking_interactions');
    await fixture.services.maskingSessions.lapse();
    assert.equal((await open())[0].ended_at, null, 'who follows it may still write it');
    await fixture.clock.advance(110_000);
    await Promise.all([fixture.services.maskingSessions.lapse(), fixture.services.maskingSessions.lapse()]);
    const [closed] = await open();
    assert.deepEqual([closed.first_status, closed.billed_seconds, closed.amount_micros], ['completed', 120, 20_000]);
    assert.equal((await query('select notices from masking_sessions where session_id = $1', [sessionId]))[0].notices, 1);
    await calls.stop();
  });

  it('has its recording told when the next process has saved it', async () => {
    const { storage } = fixture.database;
    await query(`insert into numbers (number, account_id, country_iso, type) values ('14155550490', $1, 'US', 'local')`, [
      api.authId,
    ]);
    fixture.services.numberDirectory.invalidateAll();
    const made = await api.post('Masking/Session/', {
      first_party: '14155550491',
      second_party: '14155550492',
      record: true,
      recording_callback_url: 'http://127.0.0.1:9/recorded',
    });
    const sessionId = String(made.body.session_uuid);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-masked-'));
    try {
      const { clock, blobs, services } = fixture;
      const recordings = new Recordings({
        store: new RecordingStore(storage),
        blobs,
        directory: folder,
        publicUrl: 'http://127.0.0.1:7464',
        node: 'node-of-masked',
        clock,
        ids: services.ids,
        log: silentLog,
      });
      const begun = await recordings.begin({
        callId: services.ids.uuid(),
        accountId: api.authId,
        ownerId: api.authId,
        from: '14155550491',
        to: '14155550490',
        format: 'wav',
        channels: 'mono',
        told: { kind: 'program', subjectId: sessionId, from: '14155550491', to: '14155550492' },
      });
      await writeFile(begun.path, unfinishedWav(2_000));
      for (const expected of [1, 0])
        assert.equal(await recordings.recover(undefined, fixture.services.maskingSessions.tellRecovered), expected);
      const [told, ...others] = await webhooksOfSubject(storage.pool, sessionId);
      assert.ok(told && 'form' in told.payload);
      const { EventName, RecordingUUID, RecordingDuration, From, To } = told.payload.form;
      assert.deepEqual(
        [EventName, RecordingUUID, RecordingDuration, From, To, others.length],
        ['SessionRecordingCompleted', begun.recordingId, '2', '14155550491', '14155550492', 0],
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
