import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Overflow } from './overflow.ts';
import { QueueLoader } from './queue-loader.ts';
import type { QueuedOutbound } from './queued-outbound.ts';

/** A loader on a table that notes what it is asked. */
function loaderOn(table: { room: number; waiting?: string[]; failing?: boolean }) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const overflow = new Overflow();
  const loader = new QueueLoader({
    readAccount: async () => undefined,
    clock,
    log: silentLog,
    overflow,
    store: {
      async accountsWaiting() {
        asked.push('accounts');
        if (table.failing) throw new Error('away');
        return table.waiting ?? [];
      },
      async claim(account: string, limit: number): Promise<readonly QueuedOutbound[]> {
        asked.push(`claim ${account} ${limit}`);
        return [];
      },
      async expired() {
        asked.push('expired');
        return [];
      },
      async mislaid() {
        asked.push('mislaid');
        return [];
      },
      async release() {},
    },
    dispatcher: { room: () => table.room, push: () => true, inHand: new Map() },
    writer: { async add() {} },
  });
  return { clock, asked, overflow, loader };
}

test('the table is looked through every second, also while somebody asks for more all the time', async () => {
  const { clock, asked, overflow, loader } = loaderOn({ room: 0 });
  overflow.storing('MA1'); // keeps asking worthwhile
  loader.start();
  for (let step = 0; step < 400; step++) {
    loader.wantMore();
    await clock.advance(10);
  }
  await loader.stop();
  const polls = asked.filter((what) => what === 'accounts').length;
  assert.ok(polls >= 4 && polls <= 5, `${polls} polls in four seconds`);
  assert.equal(clock.pending, 0);
});

test('mislaid messages are looked for every fifteen polls', async () => {
  const { clock, asked, loader } = loaderOn({ room: 100 });
  loader.start();
  for (let step = 0; step < 40; step++) await clock.advance(1_000);
  await loader.stop();
  assert.equal(asked.filter((what) => what === 'mislaid').length, 2);
});

test('an account is fetched when there is room worth a statement, and left when nothing is there', async () => {
  const none = loaderOn({ room: 49, waiting: ['MA1'] });
  none.loader.start();
  await none.clock.advance(10);
  await none.loader.stop();
  assert.equal(
    none.asked.some((what) => what.startsWith('claim')),
    false,
  );
  assert.ok(none.overflow.has('MA1'));
  const some = loaderOn({ room: 2_000, waiting: ['MA1'] });
  some.loader.start();
  await some.clock.advance(10);
  await some.loader.stop();
  assert.ok(some.asked.includes('claim MA1 500'));
  assert.equal(some.overflow.has('MA1'), false);
});

test('a table that cannot be read is tried again', async () => {
  const table = { room: 100, failing: true };
  const { clock, asked, loader } = loaderOn(table);
  loader.start();
  await clock.advance(10);
  table.failing = false;
  await clock.advance(1_000);
  await loader.stop();
  assert.deepEqual(asked, ['accounts', 'accounts', 'expired']);
});
