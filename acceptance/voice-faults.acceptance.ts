/** Calls while the server is killed, told to stop, or loses its database. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, list } from './api.ts';
import { decodedMp3 } from './mp3.ts';
import { msOf, phoneAnswers, phoneCall } from './phones.ts';
import { Postgres } from './postgres.ts';
import { Sipp } from './sipp.ts';
import { ackRefusal, expect, invite, scenario, sdp } from './sipp-scenario.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { millisecondsOf, samplesOf, shareOf } from './tones.ts';
import { recordOf, stepsOf, voiceAccount, xml } from './voice.ts';
import { eventually } from './wait.ts';

const TALK_HZ = 500;
const LOOP_HZ = 700;
/** What is told twice comes within this time after the first. */
const TWICE_MS = 2000;

/** What is known of the length of a recording whose writer was killed: when the file was last written to. */
const SAVED_WITHIN_MS = 500;

const loop = (scene: Scene) => `<Play loop="0">${scene.tone(LOOP_HZ, 1000)}</Play>`;
const ended = (scene: Scene) => scene.received('/hangup').map(({ params }) => `${params.HangupCauseCode} ${params.HangupSource}`);

describe('kill -9 during calls', { concurrency: 2 }, () => {
  for (const how of ['kill', 'crash'] as const) {
    it(`of ${how === 'kill' ? 'the server' : 'the server and its database'}: every call is closed once, told once, and what waited is dialled`, async (t) => {
      const account = { ...voiceAccount, limits: { ...voiceAccount.limits, calls_per_second: 1 } };
      const stage = await Stage.start(`voice-${how}`, { numbers: 12, more: { accounts: [account] } });
      const { server } = stage;
      try {
        const talking = stage.scene();
        talking.on('/answer', xml(loop(talking)));
        await talking.dial();
        const recorded = (format: string) => {
          const scene = stage.scene();
          scene.on(
            '/answer',
            xml(
              `<Record recordSession="true" fileFormat="${format}" recordChannelType="mono" maxLength="600" callbackUrl="${scene.url('/rec')}"/>${loop(scene)}`,
            ),
          );
          return scene;
        };
        const recordings = [recorded('wav'), recorded('mp3')];
        for (const scene of recordings) await scene.dial([{ do: 'tone', hz: TALK_HZ, ms: 60_000 }]);
        const prompted = stage.scene();
        prompted.on('/answer', xml(`<Record fileFormat="wav" playBeep="false" action="${prompted.url('/vm')}"/>`));
        await prompted.dial([{ do: 'tone', hz: TALK_HZ, ms: 60_000 }]);
        const bridged = stage.scene();
        bridged.on('/answer', xml(`<Dial><Number>${bridged.callee}</Number></Dial>`));
        await bridged.dial();
        await phoneCall(server, bridged.callee, ({ state }) => state === 'answered');
        for (const scene of [talking, ...recordings])
          await phoneCall(server, scene.caller, (phone) => msOf(phone, 'tone', LOOP_HZ) > 300);

        const outgoing = Array.from({ length: 6 }, () => {
          const scene = stage.scene();
          scene.on('/answer', xml('<Hangup/>'));
          return scene;
        });
        const [ringing] = outgoing;
        assert.ok(ringing !== undefined);
        await Promise.all(outgoing.map((scene) => phoneAnswers(server, scene.callee, [{ do: 'ring' }])));
        const first = await ringing.fire();
        await phoneCall(server, ringing.callee, ({ state }) => state === 'ringing');
        const queued = outgoing.slice(1);
        const ids = await Promise.all(queued.map((scene) => scene.fire()));
        await sleep(300);
        await server[how]();
        await server.start();

        // What the server had in hand is closed with 5010.
        const inbound = [talking, ...recordings, prompted, bridged];
        const uuids = inbound.map((scene) => String(scene.received('/answer')[0]?.params.CallUUID));
        for (const [n, scene] of [...inbound, ringing].entries()) {
          await scene.request('/hangup', 20_000);
          const record = await recordOf(server, uuids[n] ?? first);
          assert.deepEqual([record.hangup_cause_code, record.hangup_source], [5010, 'Error'], scene.number);
        }
        const legs = list((await call(server, `Call/?parent_call_uuid=${uuids[4]}`)).json.objects);
        assert.deepEqual(
          legs.map(({ hangup_cause_code }) => hangup_cause_code),
          [5010],
          'the second leg, too',
        );
        // What waited is dialled; what was being dialled is not dialled again.
        for (const [n, scene] of queued.entries()) {
          await scene.request('/hangup', 20_000);
          const record = await recordOf(server, ids[n] ?? '');
          assert.ok(
            ['4000 Answer XML', '5010 Error'].includes(`${record.hangup_cause_code} ${record.hangup_source}`),
            JSON.stringify(record),
          );
        }
        const dialled = queued.filter((scene) => ended(scene)[0] === '4000 Answer XML').length;
        assert.ok(dialled >= queued.length - 2, `${dialled} of ${queued.length} queued calls were dialled`);
        await sleep(TWICE_MS);
        for (const scene of [...inbound, ...outgoing])
          assert.equal(ended(scene).length, 1, `hangup webhooks of ${scene.number}: ${ended(scene)}`);
        const live = list((await call(server, 'Call/?status=live')).json.calls);
        assert.deepEqual(live, [], 'no call is left');

        // A recording is whole, or it is not there.
        for (const [n, scene] of [...recordings, prompted].entries()) {
          const found = list((await call(server, `Recording/?call_uuid=${uuids[n + 1]}`)).json.objects);
          for (const recording of found) {
            const file = await fetch(String(recording.recording_url));
            assert.equal(file.status, 200, JSON.stringify(recording));
            const body = Buffer.from(await file.arrayBuffer());
            const ms = Number(recording.recording_duration_ms);
            if (recording.recording_format === 'wav') {
              assert.equal(body.readUInt32LE(4), body.length - 8, 'RIFF length');
              assert.ok(Math.abs(samplesOf(body).length / 8 - ms) < SAVED_WITHIN_MS, `${body.length} octets for ${ms} ms`);
              assert.ok(shareOf(TALK_HZ, samplesOf(body)) > 0.2, 'what was said is in it');
            } else {
              const { seconds } = await decodedMp3(body);
              assert.ok(Math.abs(seconds * 1000 - ms) < SAVED_WITHIN_MS, `${seconds} s for ${ms} ms`);
            }
            t.diagnostic(`${recording.recording_format}: ${ms} ms, told: ${scene.received('/rec').length}`);
          }
          if (found.length === 0) assert.equal(scene.received('/rec').length, 0, 'nothing is told of what is not there');
        }
      } finally {
        await stage.dispose();
      }
    });
  }
});

describe('SIGTERM during calls', { concurrency: 2 }, () => {
  it('lets the call end, takes no other, and exits with 0', async () => {
    const stage = await Stage.start('voice-drain', { numbers: 3, env: { RINGDOWN_DRAIN_SECONDS: '20' } });
    const { server } = stage;
    const scene = stage.scene();
    scene.on('/answer', xml(`<Play loop="4">${scene.tone(LOOP_HZ, 1000)}</Play><Redirect>${scene.url('/next')}</Redirect>`));
    scene.on('/next', xml('<Hangup/>'));
    try {
      await scene.dial();
      await phoneCall(server, scene.caller, (phone) => msOf(phone, 'tone', LOOP_HZ) > 300);
      const stopped = server.stop();
      await sleep(300);
      const late = await Sipp.start({
        to: server.sipPort,
        scenario: scenario(
          invite({ number: scene.number, body: sdp({ port: 9 }) }),
          expect(100, { optional: true }),
          expect(503),
          ackRefusal(scene.number, 3),
        ),
      });
      await late.done().finally(() => late.stop());
      assert.deepEqual(await stopped, { code: 0, signal: null });
      assert.equal(scene.received('/answer').length, 1);
      assert.equal(scene.received('/next').length, 1, 'the document ran to its end');
      assert.deepEqual(ended(scene), ['4000 Answer XML']);
      await server.start();
      const record = await recordOf(server, String(scene.received('/answer')[0]?.params.CallUUID));
      assert.equal(record.hangup_cause_code, 4000);
      assert.ok(Number(record.call_duration) >= 4);
    } finally {
      await stage.dispose();
    }
  });

  it('ends what takes longer than the drain may, and tells it', async () => {
    const stage = await Stage.start('voice-drain-short', { numbers: 3, env: { RINGDOWN_DRAIN_SECONDS: '1' } });
    const { server } = stage;
    const scene = stage.scene();
    scene.on('/answer', xml(loop(scene)));
    try {
      await scene.dial();
      await phoneCall(server, scene.caller, (phone) => msOf(phone, 'tone', LOOP_HZ) > 300);
      const began = performance.now();
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
      const took = performance.now() - began;
      assert.ok(took > 900 && took < 6000, `stopped after ${Math.round(took)} ms`);
      await server.start();
      await scene.request('/hangup', 20_000);
      const record = await recordOf(server, String(scene.received('/answer')[0]?.params.CallUUID));
      await sleep(TWICE_MS);
      assert.deepEqual(ended(scene), [`${record.hangup_cause_code} ${record.hangup_source}`]);
      assert.equal(record.hangup_cause_code, 5010);
    } finally {
      await stage.dispose();
    }
  });
});

describe('PostgreSQL restarts during calls', () => {
  it('calls go on, and afterwards every record, recording and webhook is there', async () => {
    const postgres = await Postgres.create();
    const stage = await Stage.start('voice-postgres', { numbers: 6, env: { DATABASE_URL: postgres.url } });
    const { server } = stage;
    try {
      const menu = stage.scene();
      const menuDocument = `<GetDigits action="${menu.url('/menu')}" numDigits="1" timeout="20"><Wait length="15"/></GetDigits>`;
      menu.on('/answer', xml(menuDocument));
      menu.on('/menu', xml(`<Play>${menu.tone(LOOP_HZ, 500)}</Play>`));
      const recorded = stage.scene();
      recorded.on(
        '/answer',
        xml(
          `<Record fileFormat="wav" recordChannelType="mono" playBeep="false" action="${recorded.url('/vm')}" finishOnKey="#" callbackUrl="${recorded.url('/rec')}"/>`,
        ),
      );
      recorded.on('/vm', xml('<Hangup/>'));
      const leaving = stage.scene();
      leaving.on('/answer', xml(loop(leaving)));
      await Promise.all([
        menu.dial([
          { do: 'wait', ms: 3500 },
          { do: 'press', digits: '1' },
        ]),
        recorded.dial([
          { do: 'tone', hz: TALK_HZ, ms: 3000 },
          { do: 'press', digits: '#' },
        ]),
        leaving.dial([{ do: 'wait', ms: 1700 }, { do: 'hang_up' }]),
      ]);
      for (const scene of [menu, recorded, leaving])
        await phoneCall(server, scene.caller, ({ state }) => state === 'answered' || state === 'ended');
      await sleep(800);
      await postgres.stop('SIGQUIT');
      await sleep(1500);
      await postgres.start();
      await postgres.stop('SIGINT');
      await sleep(1200);
      await postgres.start();
      const [keyed, spoken, left] = await Promise.all([menu.ended(60_000), recorded.ended(60_000), leaving.ended(60_000)]);
      assert.deepEqual([causeOf(keyed), causeOf(spoken), causeOf(left)], ['4010 Plivo', '4000 Answer XML', '4000 Caller']);
      assert.ok(msOf(keyed.phone, 'tone', LOOP_HZ) >= 300, 'keys and the next document work without a database');
      const rec = await recorded.request('/rec', 30_000);
      const file = await eventually('the recording', async () => {
        const answer = await fetch(String(rec.params.RecordUrl));
        return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
      });
      assert.ok(millisecondsOf(TALK_HZ, samplesOf(file)) > 2000);
      for (const scene of [menu, recorded, leaving]) assert.equal(ended(scene).length, 1);
      for (const { id } of [keyed, spoken, left]) {
        await eventually('timeline from its beginning', async () =>
          (await stepsOf(server, id)).find(({ event, detail }) => event === 'request' && detail.purpose === 'answer'),
        );
      }
    } finally {
      await stage.dispose().finally(() => postgres.dispose());
    }
  });
});
