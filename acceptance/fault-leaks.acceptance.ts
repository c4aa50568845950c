/**
 * Calls that end in faults leave nothing behind: applications of streams that die, flood, send rubbish or read nothing, members of
 * rooms that go in every state, a recogniser that dies.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamApp, type StreamConnection, type StreamMessage } from '../testkit/stream-app.ts';
import { call, list } from './api.ts';
import { hasMemoryOf, hasNothingOver, hasTimersOf, settled } from './back-to-idle.ts';
import { type PhoneScript, phoneDials } from './phones.ts';
import { type Remains, remains } from './remains.ts';
import { type Scene, type SceneAnswer, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';

/** Calls of each fault in a round. */
const AT_ONCE = 4;
/** After so many everything that is loaded once is loaded. */
const FIRST_ROUNDS = 2;
const ROUNDS = 4;
const ROUND_MS = 90_000;
const FLOOD = 3_000;
/** More than a socket takes. */
const TOO_LARGE = 1_200_000;
const BETWEEN_MS = 1_000;
const TEST_TIMEOUT_MS = 290_000;

type Misbehaviour = (message: StreamMessage, connection: StreamConnection) => void;

const chunkOf = ({ event, media }: StreamMessage): number =>
  event === 'media' && typeof media === 'object' && media !== null && 'chunk' in media ? Number(media.chunk) : 0;

const misbehaviours: readonly Misbehaviour[] = [
  (message, { socket }) => {
    if (chunkOf(message) === 20) socket.terminate();
  },
  ({ event }, { socket }) => {
    if (event !== 'start') return;
    const audio = JSON.stringify({
      event: 'playAudio',
      media: { contentType: 'audio/x-l16', sampleRate: 8000, payload: 'AAAA' },
    });
    for (let n = 0; n < FLOOD; n++) socket.send(n % 2 === 0 ? audio : JSON.stringify({ event: 'checkpoint', name: `${n}` }));
  },
  ({ event }, { socket }) => {
    if (event !== 'start') return;
    for (const rubbish of ['{', '[]', '{"event":"playAudio"}', '{"event":"nonsense"}']) socket.send(rubbish);
    socket.send(Buffer.from([1, 2, 3]));
  },
  ({ event }, { socket }) => {
    if (event === 'start') socket.send('x'.repeat(TOO_LARGE));
  },
  ({ event }, { socket }) => {
    if (event === 'start') socket.pause();
  },
];

/** Somebody who stays for a moment, and speaks. */
const CALLER: PhoneScript = [{ do: 'tone', hz: 300, ms: 1_000 }, { do: 'wait', ms: 2_500 }, { do: 'hang_up' }];

test('after faults of streams, rooms and recognisers everything is back where it was', {
  timeout: TEST_TIMEOUT_MS,
}, async (t) => {
  const recognition = { engines: ['command'], command: { run: [process.execPath, '-e', 'process.exit(3)'], timeout_s: 5 } };
  const stage = await Stage.start('fault-leaks', { numbers: misbehaviours.length + 4, more: { recognition } });
  const apps: StreamApp[] = [];
  try {
    const scenes: Scene[] = [];
    const open = (answer: SceneAnswer): void => {
      const scene = stage.scene();
      scene.on('/answer', answer);
      scenes.push(scene);
    };
    for (const misbehaviour of misbehaviours) {
      const app = await StreamApp.start();
      app.onMessage = (message, connection) => {
        connection.messages.length = 0;
        misbehaviour(message, connection);
      };
      apps.push(app);
      open(xml(`<Stream bidirectional="true" keepCallAlive="true">${app.url()}</Stream><Wait length="1"/>`));
    }
    const unreachable = 'ws://127.0.0.1:9/';
    open(xml(`<Stream keepCallAlive="true">${unreachable}</Stream>`));
    open(xml('<GetInput action="http://127.0.0.1:9/" inputType="speech" executionTimeout="5"/><Wait length="1"/>'));
    // One after another into the same room, but for the last, who waits for the start in one of its own.
    let entered = 0;
    open(() => {
      const state = entered++ % AT_ONCE;
      const more = ['', 'hold="true"', 'mute="true"', 'startMpcOnEnter="false"'][state] ?? '';
      const name = state === AT_ONCE - 1 ? 'waiting' : 'party';
      return xml(
        `<MultiPartyCall role="customer" ${more} stayAlone="true" enterSound="none" exitSound="none">${name}</MultiPartyCall><Wait length="1"/>`,
      );
    });
    const agentApp = apps[0];
    assert.ok(agentApp);
    open(
      xml(
        `<MultiPartyCall role="ai-agent" aiAgentStreamServiceUrl="${agentApp.url()}" stayAlone="true" enterSound="none">agents</MultiPartyCall><Wait length="1"/>`,
      ),
    );

    let called = 0;
    const kickAll = async () => {
      for (const { mpc_uuid } of list((await call(stage.server, 'MultiPartyCall/')).json.objects)) {
        await call(stage.server, `MultiPartyCall/uuid_${mpc_uuid}/Participant/all/`, { method: 'DELETE' });
      }
    };
    const round = async () => {
      for (let n = 0; n < AT_ONCE; n++) {
        for (const { number } of scenes) {
          called++;
          await phoneDials(stage.server, `1415552${String(called).padStart(4, '0')}`, number, CALLER);
        }
        await sleep(BETWEEN_MS);
        if (n === AT_ONCE - 1) await kickAll();
      }
      const ended = () => scenes.reduce((sum, scene) => sum + scene.received('/hangup').length, 0);
      await eventually('the end of the calls', () => (ended() >= called ? true : undefined), ROUND_MS);
      assert.ok(
        apps.every(({ connections }) => connections.length > 0),
        'every application was reached',
      );
      for (const { socket } of apps.flatMap(({ connections }) => connections.splice(0))) socket.terminate();
    };
    await remains(stage.server); // what reads the figures is loaded before the first of them
    const idle = await remains(stage.server);
    for (let n = 0; n < FIRST_ROUNDS; n++) await round();
    const before = await settled(stage.server, (now) => now.calls === 0 && hasTimersOf(idle, now));
    for (let n = FIRST_ROUNDS; n < ROUNDS; n++) await round();
    const isBack = (now: Remains) => hasNothingOver(before, now) && hasMemoryOf(before, now);
    const after = await settled(stage.server, isBack);
    t.diagnostic(`${called} calls, before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.ok(isBack(after), `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.deepEqual((await call(stage.server, 'MultiPartyCall/?status=active')).json.objects, []);
    assert.deepEqual((await call(stage.server, 'MultiPartyCall/?status=initialized')).json.objects, []);
  } finally {
    await stage.dispose();
    for (const app of apps) await app.stop();
  }
});
