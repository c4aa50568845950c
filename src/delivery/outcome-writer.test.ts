import assert from 'node:assert/strict';
import { it } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import type { AttemptRecord, Disposition } from './webhook-store.ts';

const ended = (id: string): Disposition => ({
  kind: 'ended',
  job: {
    id,
    accountId: 'MA',
    subjectId: id,
    kind: 'x',
    url: 'http://a/',
    method: 'POST',
    payload: { form: {} },
    sensitive: [],
    createdAt: 0,
  },
  result: 'delivered',
  at: 0,
});

function setUp(record: (ids: string[]) => void) {
  const clock = new VirtualClock();
  const written: string[] = [];
  const batches: string[][] = [];
  const store = {
    async record(attempts: readonly AttemptRecord[], dispositions: readonly Disposition[]) {
      if (attempts.some(({ response }) => response === 'bad')) throw Object.assign(new Error('bad text'), { code: '22021' });
      const ids = dispositions.map(({ job }) => job.id);
      record(ids);
      batches.push(ids);
    },
  };
  const writer = new OutcomeWriter(store, clock, silentLog, ({ job }) => written.push(job.id));
  return { clock, writer, written, batches };
}

it('gathers outcomes into batches and keeps their order', async () => {
  const { clock, writer, written, batches } = setUp(() => undefined);
  for (let n = 0; n < 1_100; n++) writer.add({ disposition: ended(String(n)) });
  await clock.advance(20);
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [500, 500, 100],
  );
  assert.deepEqual(
    written,
    Array.from({ length: 1_100 }, (_, n) => String(n)),
  );
  assert.equal(clock.pending, 0);
});

it('waits for the database, losing nothing and doubling nothing', async () => {
  let down = true;
  const { clock, writer, written } = setUp(() => {
    if (down) throw new Error('connection refused');
  });
  writer.add({ disposition: ended('a') });
  await clock.advance(5_000);
  writer.add({ disposition: ended('b') });
  down = false;
  await clock.advance(1_000);
  assert.deepEqual(written, ['a', 'b']);
});

it('gives up an outcome the database refuses, and only that', async () => {
  const { clock, writer, written, batches } = setUp((ids) => {
    if (ids.includes('bad')) throw Object.assign(new Error('value too long'), { code: '22001' });
  });
  for (const id of ['a', 'bad', 'b']) writer.add({ disposition: ended(id) });
  await clock.advance(20);
  assert.deepEqual(batches, [['a'], ['b']]);
  assert.deepEqual(written, ['a', 'bad', 'b']);
});

it('records the end of a job although the record of its attempt is refused', async () => {
  const { clock, writer, batches } = setUp(() => undefined);
  const attempt = {
    webhookId: 'a',
    attempt: 1,
    startedAt: 0,
    latencyMs: 0,
    status: 200,
    error: null,
    response: 'bad',
    nextAttemptAt: null,
  };
  writer.add({ attempt, disposition: ended('a') });
  writer.add({ disposition: ended('b') });
  await clock.advance(20);
  assert.deepEqual(batches, [['a'], ['b']]);
});
