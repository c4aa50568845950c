import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../testkit/silent-log.ts';
import { TcpRelay } from '../../testkit/tcp-relay.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { NodeConnection } from './node-connection.ts';

const RECONNECT_MS = 2_000;

let database: TestDatabase;
let relay: TcpRelay;
before(async () => {
  database = await createTestDatabase();
  relay = await TcpRelay.open({ host: '127.0.0.1', port: Number(new URL(database.url).port) });
});
after(async () => {
  await relay.close();
  await database.close();
});

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let tried = 0; !isSo() && tried < 200; tried++) await sleep(10);
  assert.ok(isSo(), what);
}

test('a connection that breaks is made anew', async () => {
  const clock = new VirtualClock();
  const connection = new NodeConnection(relay.urlOf(database.url), 'node a', clock, silentLog);
  await connection.open();
  let told = 0;
  connection.onConfiguration(() => told++);
  relay.reset();
  await until(() => relay.connections === 0, 'broken');
  await sleep(50);
  await clock.advance(RECONNECT_MS);
  await until(() => told === 1, 'what was missed meanwhile is asked for');
  await connection.close();
  await until(() => relay.connections === 0, 'closed');
});

test('one that is being made anew when the program ends is not left behind', async () => {
  const clock = new VirtualClock();
  const connection = new NodeConnection(relay.urlOf(database.url), 'node b', clock, silentLog);
  await connection.open();
  relay.reset();
  await until(() => relay.connections === 0, 'broken');
  await sleep(50);
  relay.mode = 'frozen';
  await clock.advance(RECONNECT_MS);
  await until(() => relay.connections === 1, 'on its way');
  await connection.close();
  relay.mode = 'open';
  await until(() => relay.connections === 0, 'it is gone');
  await sleep(100);
  assert.equal(relay.connections, 0);
});
