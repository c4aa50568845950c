/** Ten thousand calls through one process leave nothing behind: no socket, no timer, no port, no memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasMemoryOf, hasNothingOver, hasObjectsOf, hasTimersOf, settled } from './back-to-idle.ts';
import { type CallApp, startCallApp } from './call-app.ts';
import { freePort, freeUdpPort } from './ports.ts';
import { type Remains, remains } from './remains.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from './server.ts';
import { startCallers } from './sipp-callers.ts';

const NUMBER = '14155550100';
/** Of the ten thousand: those that load what is loaded at the first calls. Objects, sockets and timers are back at this state after all. */
const WARM_UP_CALLS = 200;
/**
 * Those that bring what is kept for half a minute to its highest. The resident set is compared with this state: the C library keeps its
 * main heap as large as the transactions of half a minute have needed it (decision 22), which are the same after the calls that follow.
 */
const FIRST_CALLS = 3_800;
const LATER_CALLS = 6_000;
const CALLS_PER_SECOND = 200;
/** A slow machine makes fewer calls a second, not more at once. */
const AT_ONCE = 50;
const HOLD_MS = 100;
/** Two looks at an idle server, after which its garbage is collected, and one more. */
const COLLECTION_MS = 15_000;
/** Four settlings of a minute at most, and the calls on a slow machine. */
const TEST_TIMEOUT_MS = 480_000;

async function callMany(server: RingdownProcess, sipPort: number, calls: number): Promise<void> {
  const callers = await startCallers({
    to: sipPort,
    port: await freeUdpPort(),
    number: NUMBER,
    calls,
    callsPerSecond: CALLS_PER_SECOND,
    atOnce: AT_ONCE,
    holdMs: HOLD_MS,
    speaks: false,
  });
  const { succeeded, failed, errors } = await callers.done;
  assert.deepEqual({ succeeded, failed }, { succeeded: calls, failed: 0 }, `${errors}\n${await server.logTail()}`);
}

function openServer(app: CallApp, sipPort: number): Promise<RingdownProcess> {
  return startServer({
    name: 'leaks',
    config: {
      accounts: [{ ...unlimitedAccount, limits: { ...unlimitedAccount.limits, inbound_calls_per_second: 10_000 } }],
      applications: [{ name: 'play', account: AUTH_ID, answer_url: app.playUrl }],
      carriers: [{ name: 'callers', kind: 'sip', url: 'sip:127.0.0.1:9;transport=udp', sources: ['127.0.0.1'] }],
      numbers: [{ number: NUMBER, account: AUTH_ID, application: 'play', carrier: 'callers', country: 'US', type: 'local' }],
    },
    env: { RINGDOWN_SIP_PORT: String(sipPort), RINGDOWN_RTP_PORTS: '40000-44999', RINGDOWN_LOG_LEVEL: 'warn' },
  });
}

test('after ten thousand calls sockets, timers, ports and memory are back where they were', {
  timeout: TEST_TIMEOUT_MS,
}, async (t) => {
  const app = await startCallApp();
  const sipPort = await freePort();
  const server = await openServer(app, sipPort);
  try {
    await remains(server); // what reads the figures is loaded before the first of them
    const idle = await remains(server);
    await callMany(server, sipPort, WARM_UP_CALLS);
    await settled(server, (now) => hasTimersOf(idle, now));
    await sleep(COLLECTION_MS);
    const warm = await remains(server);
    await callMany(server, sipPort, FIRST_CALLS);
    const before = await settled(server, (now) => hasTimersOf(idle, now));
    await callMany(server, sipPort, LATER_CALLS);
    const isBack = (now: Remains) => hasNothingOver(warm, now) && hasObjectsOf(warm, now) && hasMemoryOf(before, now);
    const after = await settled(server, isBack);
    const states = `warm ${JSON.stringify(warm)}, before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`;
    t.diagnostic(states);
    assert.ok(isBack(after), states);
  } finally {
    await server.dispose();
    await app.stop();
  }
});
