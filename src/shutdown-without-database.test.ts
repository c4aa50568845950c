/** The end of the program while its database breaks at a bad moment. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcpRelay } from '../testkit/tcp-relay.ts';
import { createTestDatabase } from '../testkit/test-database.ts';
import { WebhookTarget } from '../testkit/webhook-target.ts';
import { readEnvironment } from './config/environment.ts';
import { type Server, startServer } from './main.ts';

/** Every step that needs the database gives up by itself; together they stay below the last resort. */
const MOST_MS = 13_000;
const ACCOUNT = 'MASHUTDOWN0000000001';
const NUMBER = '14155550100';
const DATABASE_ACTIVE = /TCP|Timeout/;

interface Stage {
  readonly relay: TcpRelay;
  readonly server: Server;
}

async function withServer(work: (stage: Stage) => Promise<void>, config?: object): Promise<void> {
  const database = await createTestDatabase();
  const relay = await TcpRelay.open({ host: '127.0.0.1', port: Number(new URL(database.url).port) });
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'ringdown-stop-'));
  try {
    const configFile = path.join(dataDir, 'ringdown.yaml');
    if (config !== undefined) await writeFile(configFile, JSON.stringify(config)); // JSON is YAML
    const server = await startServer(
      readEnvironment({
        RINGDOWN_HTTP_PORT: '0',
        RINGDOWN_SIP_PORT: '0',
        RINGDOWN_DATA_DIR: dataDir,
        RINGDOWN_LOG_LEVEL: 'silent',
        RINGDOWN_DRAIN_SECONDS: '0',
        RINGDOWN_RTP_PORTS: '36000-36399',
        ...(config === undefined ? {} : { RINGDOWN_CONFIG: configFile }),
        DATABASE_URL: relay.urlOf(database.url),
      }),
    );
    try {
      await work({ relay, server });
    } finally {
      await server.stop();
    }
  } finally {
    await relay.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function stopsInTime({ server, relay }: Stage, mostMs = MOST_MS): Promise<void> {
  const began = performance.now();
  await server.stop();
  const took = performance.now() - began;
  assert.ok(took < mostMs, `stopped after ${Math.round(took)} ms`);
  relay.mode = 'open'; // one that froze notices now what was closed
  // A hurried step goes on beside: sockets that nobody answers on are taken away after two seconds.
  for (let tried = 0; relay.connections > 0 && tried < 50; tried++) await sleep(50);
  assert.equal(relay.connections, 0, 'no connection to the database is left');
}

describe('shutdown', { concurrency: 6 }, () => {
  test('with a database that refuses connections', () =>
    withServer(async (stage) => {
      stage.relay.mode = 'refusing';
      stage.relay.reset();
      await stopsInTime(stage);
    }));

  test('with a database that says nothing any more', () =>
    withServer(async (stage) => {
      stage.relay.mode = 'frozen';
      await stopsInTime(stage);
    }));

  test('while the connection of the node is being made anew', () =>
    withServer(async (stage) => {
      stage.relay.reset();
      // It is tried after two seconds; from then on nothing answers.
      stage.relay.mode = 'frozen';
      await sleep(2_100);
      assert.ok(stage.relay.connections > 0, 'it is on its way');
      await stopsInTime(stage);
    }));

  for (const nth of [1, 2, 3, 5, 8]) {
    test(`when connections break at the ${nth}. statement of the shutdown, and all later ones`, () =>
      withServer(async (stage) => {
        let sent = 0;
        stage.relay.onSent(() => {
          if (++sent >= nth) stage.relay.reset();
        });
        await stopsInTime(stage);
      }));
  }

  for (const mode of ['refusing', 'frozen'] as const) {
    test(`during a call whose record cannot be written (${mode})`, async () => {
      const app = await WebhookTarget.start();
      app.respond = (_request, response) => response.end('<Response><GetDigits timeout="60"/></Response>');
      const config = {
        accounts: [{ auth_id: ACCOUNT, auth_token: 'a'.repeat(40), name: 'Demo', timezone: 'UTC' }],
        applications: [{ name: 'demo', account: ACCOUNT, answer_url: app.url('/answer'), hangup_url: app.url('/hangup') }],
        numbers: [{ number: NUMBER, account: ACCOUNT, application: 'demo', country: 'US', type: 'local' }],
      };
      try {
        await withServer(async (stage) => {
          const { server, relay } = stage;
          const called = await fetch(`${server.url}/ringdown/v1/phones/14155550177/calls`, {
            method: 'POST',
            headers: { authorization: `Bearer ${server.operatorToken}`, 'content-type': 'application/json' },
            body: JSON.stringify({ to: NUMBER }),
          });
          assert.equal(called.status, 202, await called.text());
          for (let tried = 0; server.ringdown.voice?.mediaLegs !== 2 && tried < 100; tried++) await sleep(50);
          assert.equal(server.ringdown.voice?.mediaLegs, 2, 'the call is answered');
          relay.mode = mode;
          if (mode === 'refusing') relay.reset();
          await stopsInTime(stage);
        }, config);
      } finally {
        await app.stop();
      }
    });
  }

  test('with a connection on which no request has come, and one whose request has only begun', () =>
    withServer(async (stage) => {
      const port = Number(new URL(stage.server.url).port);
      const silent = connect(port, '127.0.0.1');
      const begun = connect(port, '127.0.0.1', () => begun.write('GET /healthz HTTP/1.1\r\n'));
      silent.on('error', () => undefined);
      begun.on('error', () => undefined);
      await sleep(100);
      await stopsInTime(stage, 6_000);
    }));
});

test('nothing keeps the process alive afterwards', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => DATABASE_ACTIVE.test(name)).length;
  await withServer(async (stage) => {
    stage.relay.mode = 'refusing';
    stage.relay.reset();
    await stopsInTime(stage);
  });
  await sleep(3_000);
  const after = process.getActiveResourcesInfo().filter((name) => DATABASE_ACTIVE.test(name));
  assert.ok(after.length <= before + 1, `left: ${after.join(', ')}`);
});
