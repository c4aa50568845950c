import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MessagingRig, PHONE } from '../../testkit/messaging-rig.ts';

/** Node of the fixture, and one that has died. */
const OWN_NODE = '00000000-0000-4000-8000-00000000000a';
const DEAD_NODE = '00000000-0000-4000-8000-00000000000d';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.submits.length = 0;
  rig.lab.become('up');
});

const attemptsOf = (id: string) =>
  rig.query<{ attempt: number; outcome: string; summary: string }>(
    'select attempt, outcome, summary from attempts where message_id = $1 order by attempt',
    [id],
  );
const rowOf = async (id: string) =>
  (
    await rig.query<{ node: string | null; in_flight: boolean }>('select node, in_flight from outbox where message_id = $1', [id])
  )[0];

/** Stores a message as another process had it when it died. */
async function left(node: string | null, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = rig.fixture.services.ids.uuidAt(rig.clock.now() - Number(change.ageMs ?? 0));
  const at = new Date(rig.clock.now());
  await rig.query(
    `insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, units, rate_micros, amount_micros,
       text, transitions, created_at, updated_at)
     values ($1, $2, $2, 'outbound', 'sms', 'queued', '14155550100', $3, 1, 0, 0, 'Hello', '[]', $4, $4)`,
    [id, change.account ?? rig.tenant.authId, PHONE, at],
  );
  await rig.query(
    `insert into outbox (message_id, account_id, sender, node, in_flight, expires_at, attempt, tried, payload)
     values ($1, $2, '14155550100', $3, $4, $5, $6, $7, '{"kind": "long_code"}')`,
    [
      id,
      change.account ?? rig.tenant.authId,
      node,
      change.inFlight ?? false,
      new Date(rig.clock.now() + 3_600_000),
      change.attempt ?? 0,
      change.tried ?? [],
    ],
  );
  return id;
}

describe('messages of a node that died', () => {
  it('are sent by another one; those that may have been submitted say so', async () => {
    const [waiting, submitted] = [await left(DEAD_NODE), await left(DEAD_NODE, { inFlight: true, attempt: 1 })];
    assert.equal(await rig.messaging.queueStore.takeOver(DEAD_NODE, rig.clock.now()), 1);
    for (const id of [waiting, submitted]) await rig.reaches(id, 'sent');
    assert.deepEqual(
      (await attemptsOf(waiting)).map(({ outcome }) => outcome),
      ['accepted'],
    );
    const attempts = await attemptsOf(submitted);
    assert.deepEqual(
      attempts.map(({ attempt, outcome }) => [attempt, outcome]),
      [
        [2, 'unanswered'],
        [3, 'accepted'],
      ],
    );
    assert.match(attempts[0]?.summary ?? '', /sent again/);
    const [line] = (await rig.timeline(submitted)).filter(({ event }) => event === 'attempt');
    assert.ok(Date.parse(line?.at ?? '') <= rig.clock.now(), 'on the clock of the program');
  });

  it('are taken over once, whoever comes second', async () => {
    const id = await left(DEAD_NODE, { inFlight: true });
    rig.lab.become('down');
    const now = rig.clock.now();
    const taken = await Promise.all([
      rig.messaging.queueStore.takeOver(DEAD_NODE, now),
      rig.messaging.queueStore.takeOver(DEAD_NODE, now),
    ]);
    assert.deepEqual([...taken].sort(), [0, 1]);
    rig.lab.become('up');
    await rig.reaches(id, 'sent');
    assert.equal((await attemptsOf(id)).length, 2);
  });
});

describe('messages that an earlier process left', () => {
  it('keep to the rate of their account, of which nobody has asked yet', async () => {
    const { accounts, ids } = rig.fixture.services;
    const account = ids.authId('MA');
    await accounts.insert({ authId: account, authToken: ids.authToken(), name: 'Slow', settings: { messagesPerSecond: 1 } });
    for (let count = 0; count < 4; count++) await left(null, { account });
    const began = rig.clock.now();
    await rig.until(() => rig.lab.submits.length === 4);
    assert.ok(rig.clock.now() - began >= 2_900, `${rig.clock.now() - began} ms`);
  });
});

describe('messages whose commit was in doubt', () => {
  it('stand in the table as this node’s and are found when they are older than any commit', async () => {
    const young = await left(OWN_NODE);
    const old = await left(OWN_NODE, { ageMs: 60_000 });
    await rig.until(async () => (await rig.stateOf(old)) === 'sent', undefined, 200);
    await rig.until(async () => (await rig.stateOf(young)) === 'sent', undefined, 200);
    assert.equal(rig.lab.submits.length, 2);
  });

  it('are not mistaken for those in hand', async () => {
    rig.lab.become('down');
    const id = await rig.sendOne();
    await rig.pass(40_000, 500);
    rig.lab.become('up');
    await rig.reaches(id, 'sent');
    assert.equal(rig.lab.submits.length, 1);
  });
});

describe('messages that another node has taken over', () => {
  it('because this one seemed dead are not submitted by both', async () => {
    rig.lab.become('down');
    // More than go out at once, so that they are marked in the table before they are submitted.
    const ids = await rig.send({ dst: Array.from({ length: 700 }, (_, index) => String(14155560000 + index)).join('<') });
    const last = ids.at(-1) ?? '';
    assert.equal((await rowOf(last))?.in_flight, false);
    await rig.query('update outbox set node = $2 where message_id = $1', [last, DEAD_NODE]);
    rig.lab.become('up');
    await rig.until(() => rig.messaging.dispatcher.inHand.size === 0);
    assert.equal(rig.lab.submits.length, 699);
    assert.equal(await rig.stateOf(last), 'queued');
    await rig.messaging.queueStore.takeOver(DEAD_NODE, rig.clock.now());
    await rig.reaches(last, 'sent');
  });
});

describe('the database', () => {
  it('that is away for a while delays outcomes and loses none', async () => {
    const { hot } = rig.fixture.database.storage;
    const connect = hot.connect.bind(hot);
    let failures = 0;
    // Outcomes are written in transactions, on a connection of their own; messages come in by single statements.
    hot.connect = async () => {
      failures++;
      throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    };
    const query = hot.query.bind(hot);
    Object.assign(hot, {
      query: async (...parameters: Parameters<typeof query>) => {
        const client = await connect();
        try {
          return await client.query(...parameters);
        } finally {
          client.release();
        }
      },
    });
    const id = await rig.sendOne();
    await rig.until(() => rig.lab.submits.length === 1 && failures > 2, undefined, 50);
    assert.equal(await rig.stateOf(id), 'queued');
    Object.assign(hot, { connect, query });
    await rig.reaches(id, 'sent');
    assert.equal(rig.lab.submits.length, 1);
  });
});

describe('at the stop', () => {
  it('what is in hand goes back to the table, what is being submitted is waited for', async () => {
    const own = await MessagingRig.start();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    own.lab.window = 1;
    own.lab.script = async () => {
      await answered;
      return own.lab.accept();
    };
    const [first, second] = [await own.sendOne(), await own.sendOne()];
    await own.until(() => own.lab.submits.length === 1);
    const stopped = own.messaging.stop(10_000);
    await own.pass(100, 10);
    answer();
    await stopped;
    assert.equal(await own.stateOf(first), 'sent');
    const rows = await own.query<{ node: string | null; in_flight: boolean; id: string }>(
      'select message_id as id, node, in_flight from outbox',
    );
    assert.deepEqual(rows, [{ id: second, node: null, in_flight: false }]);
    await own.close();
  });

  it('a carrier that never answers holds it up no longer than the grace', async () => {
    const own = await MessagingRig.start();
    own.lab.script = () => new Promise(() => undefined);
    const id = await own.sendOne();
    await own.until(() => own.lab.submits.length === 1);
    let stopped = false;
    void own.messaging.stop(5_000).then(() => {
      stopped = true;
    });
    await own.pass(4_000, 200);
    assert.equal(stopped, false);
    await own.until(() => stopped, undefined, 200);
    const [row] = await own.query<{ node: string | null; in_flight: boolean }>(
      'select node, in_flight from outbox where message_id = $1',
      [id],
    );
    assert.deepEqual(row, { node: OWN_NODE, in_flight: true }, 'its next start notes that it may have been sent');
    await own.close();
  });
});
