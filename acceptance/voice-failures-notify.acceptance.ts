/** The failure table of voice documents, second half: transfers, and what is told or fetched beside the document and never ends a call. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call } from './api.ts';
import { type BrokenTarget, brokenTargets, inXml, SLOW_TARGET, UNHEARD_HZ } from './broken-targets.ts';
import { loudMs, msOf, phoneAnswers, phoneCall } from './phones.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { recordOf, xml } from './voice.ts';

const LOOP_HZ = 500;
const NEXT_HZ = 700;
const FAR_HZ = 600;
const targets = await brokenTargets();

describe('what fails beside the document', { concurrency: 6 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-failures-notify', { numbers: 70 });
  });
  after(() => stage?.dispose());

  const next = (scene: Scene) => `<Play>${scene.tone(NEXT_HZ, 500)}</Play>`;
  /** One that hears what a caller says and lets itself be heard. */
  const talkative = [{ do: 'answer' }, { do: 'tone', hz: FAR_HZ, ms: 1800 }, { do: 'hang_up' }];

  describe('transfer', { concurrency: 6 }, () => {
    const transferred = async (scene: Scene, body: Record<string, string>) => {
      scene.on('/answer', xml(`<Play loop="0">${scene.tone(LOOP_HZ, 1000)}</Play>${next(scene)}`));
      await scene.dial();
      await phoneCall(stage.server, scene.caller, (phone) => msOf(phone, 'tone', LOOP_HZ) > 0);
      const id = scene.received('/answer')[0]?.params.CallUUID;
      return await call(stage.server, `Call/${id}/`, { body: { legs: 'aleg', ...body } });
    };
    for (const target of targets) {
      const cause = `${target.kind === 'unreachable' ? '7013' : '8013'} Error`;
      it(`${target.name}: ${cause}`, async () => {
        const scene = stage.scene();
        const answer = await transferred(scene, { aleg_url: target.at(scene, '/broken') });
        assert.equal(answer.status, 202, answer.text);
        const ended = await scene.ended();
        assert.equal(causeOf(ended), cause);
        assert.deepEqual([msOf(ended.phone, 'tone', NEXT_HZ), msOf(ended.phone, 'tone', UNHEARD_HZ)], [0, 0]);
        assert.equal(scene.received('/broken').length, target.tries ?? 0);
      });
    }
    for (const [what, body] of [
      ['URL', { aleg_url: 'ftp://127.0.0.1/next' }],
      ['method', { aleg_url: 'http://127.0.0.1/next', aleg_method: 'PUT' }],
    ] as const) {
      it(`with a wrong ${what} is refused by the API, and the call goes on`, async () => {
        const scene = stage.scene();
        const answer = await transferred(scene, body);
        assert.equal(answer.status, 400, answer.text);
        assert.match(answer.text, what === 'URL' ? /aleg_url/ : /aleg_method/);
        const id = scene.received('/answer')[0]?.params.CallUUID;
        const before = msOf(await phoneCall(stage.server, scene.caller), 'tone', LOOP_HZ);
        await phoneCall(stage.server, scene.caller, (phone) => msOf(phone, 'tone', LOOP_HZ) > before + 300);
        await call(stage.server, `Call/${id}/`, { method: 'DELETE' });
        assert.equal(causeOf(await scene.ended()), '4000 API Request');
      });
    }
  });

  describe('notifications never end a call', { concurrency: 6 }, () => {
    for (const target of targets) {
      it(`callbackUrl of Dial and Record, ring and hangup URL: ${target.name}`, async () => {
        const scene = stage.scene();
        const url = (path: string) => inXml(target.at(scene, path));
        await phoneAnswers(stage.server, scene.otherCallee, talkative);
        await phoneAnswers(stage.server, scene.callee, [{ do: 'ring' }, { do: 'answer' }]);
        scene.on(
          '/answer',
          xml(
            `<Record recordSession="true" callbackUrl="${url('/rec')}"/>` +
              `<Dial callbackUrl="${url('/legs')}"><Number>${scene.otherCallee}</Number></Dial>${next(scene)}`,
          ),
        );
        await scene.fire({ ring_url: target.at(scene, '/ring') });
        const outcome = await scene.outcome();
        const phone = await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
        assert.equal(causeOf(outcome), '4010 Plivo');
        assert.ok(msOf(phone, 'tone', FAR_HZ) >= 400, 'connected');
        assert.ok(msOf(phone, 'tone', NEXT_HZ) >= 300, 'and the document went on');
        if (target.tries !== undefined) assert.ok(scene.received('/legs').length >= 1 && scene.received('/ring').length >= 1);
      });
    }

    it('a hangup URL that is gone: the record is complete all the same', async () => {
      const scene = stage.scene();
      scene.on('/answer', xml(next(scene)));
      await phoneAnswers(stage.server, scene.callee, [{ do: 'answer' }]);
      const id = await scene.fire({ hangup_url: 'http://ringdown-acceptance.invalid/hangup#rc=0' });
      await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
      const record = await recordOf(stage.server, id);
      assert.deepEqual([record.hangup_cause_code, record.hangup_source], [4010, 'Plivo']);
    });
  });

  describe('sounds that cannot be fetched are passed over', { concurrency: 6 }, () => {
    const dialled = async (target: BrokenTarget, attribute: string) => {
      const scene = stage.scene();
      await phoneAnswers(stage.server, scene.callee, [{ do: 'ring' }, { do: 'wait', ms: 1200 }, ...talkative]);
      const url = inXml(target.at(scene, '/broken'));
      const dial = `<Dial ${attribute}="${url}"><Number>${scene.callee}</Number></Dial>`;
      // Answered before the Dial: a call that still rings is given no audio to hear it ring.
      scene.on('/answer', xml(`<Play>${scene.tone(LOOP_HZ, 300)}</Play>${dial}${next(scene)}`));
      return await scene.play();
    };
    for (const target of targets) {
      it(`dialMusic and confirmSound: ${target.name}`, async () => {
        const [music, confirm] = await Promise.all([dialled(target, 'dialMusic'), dialled(target, 'confirmSound')]);
        for (const ended of [music, confirm]) {
          assert.equal(causeOf(ended), '4010 Plivo');
          assert.ok(msOf(ended.phone, 'tone', FAR_HZ) >= 400, `connected: ${JSON.stringify(ended.phone.heard)}`);
          assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300);
          assert.equal(msOf(ended.phone, 'tone', UNHEARD_HZ), 0);
        }
        assert.ok(
          loudMs(music.phone) > msOf(music.phone, 'tone'),
          `the caller hears the usual ring tone: ${JSON.stringify(music.phone.heard)}`,
        );
      });

      // The time that an audio file may take is fixed, and longer than a test (120 s).
      if (target.name === SLOW_TARGET) continue;
      it(`Play: ${target.name}`, async () => {
        const scene = stage.scene();
        scene.on('/answer', xml(`<Play>${inXml(target.at(scene, '/broken'))}</Play>${next(scene)}`));
        const ended = await scene.play();
        assert.equal(causeOf(ended), '4010 Plivo');
        assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300, JSON.stringify(ended.phone.heard));
      });
    }
  });
});
