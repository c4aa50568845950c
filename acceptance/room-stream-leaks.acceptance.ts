/** Two hundred rooms and two hundred streams leave nothing behind: no socket, no timer, no port, no memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamApp } from '../testkit/stream-app.ts';
import { call } from './api.ts';
import { phoneDials } from './phones.ts';
import { type Remains, remains } from './remains.ts';
import { Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';

/** Calls of a batch, half of them to a room of their own and half to a stream. */
const AT_ONCE = 40;
const BATCHES = 10;
/** After so many everything that is loaded once is loaded. */
const FIRST_BATCHES = 4;
const CALL_MS = 500;
const BATCH_MS = 60_000;
/** Timers of SIP transactions last 32 s; idle memory is given back after 10 s more. */
const SETTLE_MS = 60_000;
const POLL_MS = 1_000;
/** Timers and descriptors come and go with upkeep, database connections and this suite's own requests. */
const COMING_AND_GOING = 8;
const MEMORY_RATIO = 1.2;

test('after two hundred rooms and two hundred streams everything is back where it was', async (t) => {
  const stage = await Stage.start('room-stream-leaks', { numbers: 2 });
  const app = await StreamApp.start();
  try {
    app.onMessage = (message, { socket, messages }) => {
      messages.length = 0;
      if (message.event === 'media') socket.send(JSON.stringify({ ...message, event: 'playAudio' }));
    };
    const [rooms, streams] = [stage.scene(), stage.scene()];
    rooms.on('/answer', ({ params }) =>
      xml(`<Conference waitSound="" startConferenceOnEnter="false">${params.CallUUID}</Conference>`),
    );
    streams.on('/answer', xml(`<Stream bidirectional="true" keepCallAlive="true">${app.url()}</Stream>`));
    let called = 0;
    const batch = async () => {
      for (let n = 0; n < AT_ONCE; n++) {
        const { number } = n % 2 === 0 ? rooms : streams;
        called++;
        await phoneDials(stage.server, `1415552${String(called).padStart(4, '0')}`, number, [
          { do: 'wait', ms: CALL_MS },
          { do: 'hang_up' },
        ]);
      }
      const ended = () => rooms.received('/hangup').length + streams.received('/hangup').length;
      await eventually('the end of the calls', () => (ended() >= called ? true : undefined), BATCH_MS);
      app.connections.length = 0;
    };
    const settled = async (isSettled: (now: Remains) => boolean): Promise<Remains> => {
      const until = performance.now() + SETTLE_MS;
      for (;;) {
        await sleep(POLL_MS);
        const now = await remains(stage.server);
        if (isSettled(now) || performance.now() > until) return now;
      }
    };
    await remains(stage.server); // what reads the figures is loaded before the first of them
    const idle = await remains(stage.server);
    for (let n = 0; n < FIRST_BATCHES; n++) await batch();
    const before = await settled((now) => now.calls === 0 && now.timers <= idle.timers + COMING_AND_GOING);
    for (let n = FIRST_BATCHES; n < BATCHES; n++) await batch();
    const isBack = (now: Remains) =>
      now.calls === 0 &&
      now.legs === 0 &&
      now.timers <= before.timers + COMING_AND_GOING &&
      now.descriptors <= before.descriptors + COMING_AND_GOING &&
      now.rssMb <= before.rssMb * MEMORY_RATIO;
    const after = await settled(isBack);
    t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.ok(isBack(after), `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.deepEqual((await call(stage.server, 'Conference/')).json.conferences, []);
    assert.ok(streams.received('/answer').length >= 200 && rooms.received('/answer').length >= 200);
  } finally {
    await stage.dispose();
    await app.stop();
  }
});
