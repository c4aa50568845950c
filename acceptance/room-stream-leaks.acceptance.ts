/** Two hundred rooms and two hundred streams leave nothing behind: no socket, no timer, no port, no memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamApp } from '../testkit/stream-app.ts';
import { call } from './api.ts';
import { hasMemoryOf, hasNothingOver, hasTimersOf, settled } from './back-to-idle.ts';
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
    await remains(stage.server); // what reads the figures is loaded before the first of them
    const idle = await remains(stage.server);
    for (let n = 0; n < FIRST_BATCHES; n++) await batch();
    const before = await settled(stage.server, (now) => now.calls === 0 && hasTimersOf(idle, now));
    for (let n = FIRST_BATCHES; n < BATCHES; n++) await batch();
    const isBack = (now: Remains) => hasNothingOver(before, now) && hasMemoryOf(before, now);
    const after = await settled(stage.server, isBack);
    t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.ok(isBack(after), `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.deepEqual((await call(stage.server, 'Conference/')).json.conferences, []);
    assert.ok(streams.received('/answer').length >= 200 && rooms.received('/answer').length >= 200);
  } finally {
    await stage.dispose();
    await app.stop();
  }
});
