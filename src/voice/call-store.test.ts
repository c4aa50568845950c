import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { newCall, normalEnd } from '../../testkit/call-rows.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { AccountStore } from '../accounts/account-store.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing } from '../storage/sealing.ts';
import { closeAbandoned } from './abandoned-calls.ts';
import type { CallFacts } from './call-facts.ts';
import { CallRecordStore } from './call-record-store.ts';
import { callStates, callTransitions, statesBefore } from './call-state.ts';
import { CallStore } from './call-store.ts';
import { OpenCallStore } from './open-call-store.ts';

const ids = createIds(systemClock, createSystemRandom());
const HERE = 'node-here';
const THERE = 'node-there';

describe('states of a call leg', () => {
  it('go forward only, each from those that lead to it', () => {
    for (const [position, from] of callStates.entries()) {
      for (const to of callTransitions[from]) {
        assert.ok(callStates.indexOf(to) > position, `${from} to ${to}`);
        assert.ok(statesBefore(to).includes(from));
      }
    }
    assert.deepEqual(statesBefore('answered'), ['dialing', 'ringing']);
    assert.deepEqual(statesBefore('queued'), []);
  });
});

describe('calls in storage', () => {
  let database: TestDatabase;
  let calls: CallStore;
  let open: OpenCallStore;
  let records: CallRecordStore;
  let accountId: string;
  const reach = () => ({ accountId, subaccountId: undefined });
  const balance = async () => {
    const { rows } = await database.storage.pool.query<{ balance_micros: number }>(
      'select balance_micros from accounts where auth_id = $1',
      [accountId],
    );
    return rows[0]?.balance_micros;
  };
  const call = (change: Partial<Parameters<typeof newCall>[0]> = {}) =>
    newCall({ callId: ids.uuid(), accountId, initiatedAt: Date.now(), ...change });
  const queued = (given: ReturnType<typeof call>, node?: string, mayRepeat = false) =>
    ({ call: given, state: 'queued', node, mayRepeat }) as const;

  before(async () => {
    database = await createTestDatabase();
    calls = new CallStore(database.storage.hot, systemClock, silentLog);
    open = new OpenCallStore(database.storage);
    records = new CallRecordStore(database.storage);
  });
  beforeEach(async () => {
    accountId = ids.authId('MA');
    const accounts = new AccountStore(database.storage, createSealing(randomBytes(32)));
    await accounts.insert({ authId: accountId, authToken: ids.authToken(), name: 'Caller', balanceMicros: 1_000_000 });
  });
  after(async () => {
    await calls.stop();
    await database.close();
  });

  it('keeps every fact of a leg from its beginning to its record', async () => {
    const given = call({
      callerName: 'Ana',
      trunk: 'lab',
      applicationId: '12345678901234567',
      options: {
        hangup: { url: 'http://127.0.0.1:9/hangup', method: 'POST' },
        customHeaders: { 'X-PH-A': '1' },
        secure: true,
        cnamLookup: 'enabled',
      },
    });
    await calls.insertStarted(given, 'dialing', HERE);
    assert.equal(await calls.markRinging(given.callId, given.initiatedAt + 1_000), true);
    assert.equal(await calls.markAnswered(given.callId, given.initiatedAt + 3_000), true);
    assert.deepEqual(await open.find(reach(), given.callId), {
      ...given,
      state: 'answered',
      node: HERE,
      ringingAt: given.initiatedAt + 1_000,
      answeredAt: given.initiatedAt + 3_000,
    });
    const endedAt = given.initiatedAt + 45_000;
    assert.equal(await calls.end(given.callId, { ...normalEnd(endedAt), carrierCostMicros: 70, carrierFailover: true }), true);
    assert.equal(await open.find(reach(), given.callId), undefined);
    assert.deepEqual(await records.find(reach(), given.callId), {
      callId: given.callId,
      accountId,
      ownerId: accountId,
      direction: 'outbound',
      from: given.from,
      to: given.to,
      callerName: 'Ana',
      requestId: given.callId,
      parentCallId: null,
      conferenceId: null,
      applicationId: '12345678901234567',
      trunk: 'lab',
      secure: true,
      cnamLookup: 'enabled',
      carrierFailover: true,
      carrierCostMicros: 70,
      rateMicros: 10_000,
      amountMicros: 10_000,
      billSeconds: 42,
      billedSeconds: 60,
      hangupCode: 4000,
      hangupSource: 'Callee',
      sipStatus: null,
      stirVerification: 'Not Applicable',
      stirAttestation: '',
      sourceIp: '192.0.2.10',
      initiatedAt: new Date(given.initiatedAt),
      ringingAt: new Date(given.initiatedAt + 1_000),
      answeredAt: new Date(given.initiatedAt + 3_000),
      endedAt: new Date(endedAt),
    });
  });

  it('closes a leg once, whoever tries, charges it once and tells of it once', async () => {
    const given = call();
    await calls.insertStarted(given, 'ringing', HERE);
    const other = new CallStore(database.storage.hot, systemClock, silentLog);
    let told = 0;
    const tell = async () => {
      told++;
      return () => undefined;
    };
    const ends = await Promise.all(
      [calls, other, calls, other].map((store) => store.end(given.callId, normalEnd(Date.now()), tell)),
    );
    assert.equal(ends.filter(Boolean).length, 1);
    assert.equal(told, 1);
    assert.equal(await balance(), 990_000);
    await other.stop();
  });

  it('writes begin, moves and end in their order when nobody waits in between', async () => {
    const given = call();
    const written = await Promise.all([
      calls.insertStarted(given, 'dialing', HERE),
      calls.markAnswered(given.callId, given.initiatedAt + 2),
      calls.markRinging(given.callId, given.initiatedAt + 1),
      calls.end(given.callId, normalEnd(given.initiatedAt + 3)),
    ]);
    assert.deepEqual(written.slice(1), [true, true, true]);
    const record = await records.find(reach(), given.callId);
    assert.equal(record?.ringingAt?.getTime(), given.initiatedAt + 1);
    assert.equal(record?.answeredAt?.getTime(), given.initiatedAt + 2);
  });

  it('does not go back: what has been answered does not ring, what has ended does neither', async () => {
    const given = call();
    await calls.insertStarted(given, 'dialing', HERE);
    assert.equal(await calls.markDialing(given.callId), false);
    assert.equal(await calls.markAnswered(given.callId, 1), true);
    assert.equal(await calls.markRinging(given.callId, 2), false);
    assert.equal(await calls.markAnswered(given.callId, 3), false);
    await calls.end(given.callId, normalEnd(Date.now()));
    assert.equal(await calls.markAnswered(given.callId, 4), false);
  });

  it('leaves a leg open when what must be told of its end cannot be stored, and closes the others of the moment', async () => {
    const [bad, good] = [call(), call()];
    await Promise.all([calls.insertStarted(bad, 'ringing', HERE), calls.insertStarted(good, 'ringing', HERE)]);
    const results = await Promise.allSettled([
      calls.end(bad.callId, normalEnd(Date.now()), () => Promise.reject(new Error('no such webhook'))),
      calls.end(good.callId, normalEnd(Date.now())),
    ]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['rejected', 'fulfilled'],
    );
    assert.ok(await open.find(reach(), bad.callId));
    assert.ok(await records.find(reach(), good.callId));
    assert.equal(await balance(), 990_000);
  });

  it('stores names that no text column takes', async () => {
    const given = call({ callerName: 'a\u0000b\ud800' });
    await calls.insertStarted(given, 'ringing', HERE);
    assert.equal((await open.find(reach(), given.callId))?.callerName, 'a\ufffdb\ufffd');
  });

  describe('in the queue', () => {
    it('are claimed in their order, by one node each, up to the limit', async () => {
      const given = Array.from({ length: 6 }, () => call());
      assert.deepEqual(
        await calls.insertQueued(given.map((one) => queued(one))),
        given.map((one) => one.callId),
      );
      assert.ok((await calls.accountsWaiting()).includes(accountId));
      const claims = await Promise.all([calls.claimQueued(HERE, accountId, 2), calls.claimQueued(THERE, accountId, 2)]);
      assert.equal(new Set(claims.flat().map((one) => one.callId)).size, 4);
      assert.ok(claims.flat().every((one) => one.state === 'dialing'));
      assert.deepEqual(
        (await calls.claimQueued(HERE, accountId, 9)).map((one) => one.callId),
        given.slice(4).map((one) => one.callId),
      );
      assert.deepEqual(await calls.claimQueued(HERE, accountId, 9), []);
      assert.equal((await calls.accountsWaiting()).includes(accountId), false);
    });

    it('are not offered to others while a node has them in memory, and can be given back', async () => {
      const given = call();
      await calls.insertQueued([queued(given, HERE)]);
      assert.deepEqual(await calls.claimQueued(THERE, accountId, 9), []);
      await calls.releaseQueued([given.callId]);
      assert.equal((await calls.claimQueued(THERE, accountId, 9)).length, 1);
    });

    it('are made once by a request that runs twice, also when the first run has ended its call', async () => {
      const [one, two] = [call(), call()];
      assert.equal((await calls.insertQueued([queued(one, undefined, true), queued(two, undefined, true)])).length, 2);
      await calls.end(one.callId, normalEnd(Date.now()));
      assert.deepEqual(await calls.insertQueued([queued(one, undefined, true), queued(two, undefined, true)]), []);
    });

    it('are cancelled only until they are dialled', async () => {
      const [waiting, dialled] = [call(), call()];
      await calls.insertQueued([queued(waiting, HERE), queued(dialled, HERE)]);
      assert.equal(await calls.markDialing(dialled.callId), true);
      assert.equal(await calls.cancelQueued(dialled.callId, normalEnd(Date.now())), false);
      assert.equal(await calls.cancelQueued(waiting.callId, normalEnd(Date.now())), true);
      assert.equal(await calls.markDialing(waiting.callId), false);
      // Refused as queued, closed as what it is, in one moment.
      const [cancelled, ended] = await Promise.all([
        calls.cancelQueued(dialled.callId, normalEnd(Date.now())),
        calls.end(dialled.callId, normalEnd(Date.now())),
      ]);
      assert.deepEqual([cancelled, ended], [false, true]);
    });

    it('are listed apart from live ones', async () => {
      const [waiting, held, dialled] = [call({ to: '442079460000' }), call(), call({ to: 'sip:ana@phone.plivo.com' })];
      await calls.insertQueued([queued(waiting), queued(held, HERE)]);
      await calls.insertStarted(dialled, 'dialing', HERE);
      assert.deepEqual(await open.listQueued(reach(), {}, 20, 0), [waiting.callId, held.callId]);
      assert.deepEqual(await open.listQueued(reach(), { toPrefix: '4420' }, 20, 0), [waiting.callId]);
      assert.deepEqual(await open.listQueued(reach(), {}, 1, 1), [held.callId]);
      assert.deepEqual(await open.listLive(reach(), {}, 20, 0), [dialled.callId]);
      assert.deepEqual(await open.listLive(reach(), { direction: 'inbound' }, 20, 0), []);
      assert.deepEqual(await open.listLive({ accountId, subaccountId: 'SA' }, {}, 20, 0), []);
      assert.equal((await open.within(reach(), undefined, 2)).length, 2);
      assert.equal((await open.within(reach(), held.callId, 9)).length, 1);
    });
  });

  it('that a dead process left open end when it was last seen, billed up to then; those not dialled wait again', async () => {
    const started = Date.now() - 600_000;
    const hangup = { url: 'http://127.0.0.1:9/hangup', method: 'POST' };
    const [answered, ringing, waiting] = [
      call({ initiatedAt: started, options: { hangup } }),
      call({ initiatedAt: started }),
      call({ initiatedAt: started }),
    ];
    const node = `dead-${accountId}`;
    await calls.insertStarted(answered, 'dialing', node);
    await calls.markAnswered(answered.callId, started + 10_000);
    await calls.insertStarted(ringing, 'ringing', node);
    await calls.insertQueued([queued(waiting, node)]);
    await open.beat(node, started + 80_000);
    const told: CallFacts[] = [];
    const tell = async (_client: unknown, facts: CallFacts) => {
      told.push(facts);
      return () => undefined;
    };
    assert.deepEqual(await closeAbandoned(node, open, calls, tell), { closed: 2, requeued: 1 });
    assert.deepEqual(await closeAbandoned(node, open, calls, tell), { closed: 0, requeued: 0 });
    const record = await records.find(reach(), answered.callId);
    assert.deepEqual(
      [record?.hangupCode, record?.hangupSource, record?.billSeconds, record?.billedSeconds, record?.amountMicros],
      [5010, 'Error', 70, 120, 20_000],
    );
    assert.equal(record?.endedAt.getTime(), started + 80_000);
    assert.equal((await records.find(reach(), ringing.callId))?.amountMicros, 0);
    assert.equal(await balance(), 980_000);
    assert.deepEqual(
      told.map((facts) => [facts.callId, facts.status, facts.aLegId, facts.ended?.durationS]),
      [[answered.callId, 'completed', answered.callId, 70]],
    );
    assert.equal((await calls.claimQueued(HERE, accountId, 9)).length, 1);
  });

  it('whose process never told that it ran end with the last that is known of them', async () => {
    const node = `mute-${accountId}`;
    const given = call({ initiatedAt: 1_000_000 });
    await calls.insertStarted(given, 'dialing', node);
    await calls.markAnswered(given.callId, 1_005_000);
    assert.equal((await open.openOf(node))[0]?.lastActiveAt, 1_005_000);
  });
});
