/** The failure table of voice documents, a test a row: the answer URL, its fallback, actions, Redirect. The other rows are in voice-failures-notify. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type BrokenTarget, brokenTargets, inXml, SLOW_TARGET, UNHEARD_HZ } from './broken-targets.ts';
import { loudMs, msOf, type PhoneCall, phoneAnswers, phoneCall } from './phones.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';

const NEXT_HZ = 700;
/** Every target in five places, and some. */
const NUMBERS = 90;
const targets = await brokenTargets();

describe('documents that fail', { concurrency: 6 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-failures', { numbers: NUMBERS });
  });
  after(() => stage?.dispose());

  const codeOf = (target: BrokenTarget, place: 1 | 2 | 3 | 4) => `${target.kind === 'unreachable' ? 701 : 801}${place} Error`;
  const next = (scene: Scene) => `<Play>${scene.tone(NEXT_HZ, 500)}</Play>`;
  const heardNothingOf = (phone: PhoneCall, hz: number) => assert.equal(msOf(phone, 'tone', hz), 0, JSON.stringify(phone.heard));
  const requestsAre = (scene: Scene, path: string, target: BrokenTarget) => {
    assert.equal(scene.received(path).length, target.tries ?? 0, `requests of ${path}`);
    assert.equal(scene.received('/moved').length, 0, 'no redirection is followed');
  };
  const outbound = async (scene: Scene, urls: Record<string, string>) => {
    await phoneAnswers(stage.server, scene.callee, [{ do: 'ring' }, { do: 'answer' }]);
    const id = await scene.fire(urls);
    const outcome = await scene.outcome();
    assert.equal(outcome.id, id);
    return { ...outcome, phone: await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended') };
  };

  describe('answer URL of a call by the API', { concurrency: 6 }, () => {
    for (const target of targets) {
      it(`${target.name}: ${codeOf(target, 1)}, and nothing is heard`, async () => {
        const scene = stage.scene();
        const ended = await outbound(scene, { answer_url: target.at(scene, '/broken') });
        assert.equal(causeOf(ended), codeOf(target, 1));
        assert.deepEqual([loudMs(ended.phone), ended.phone.endedBy], [0, 'far']);
        assert.equal(ended.hangup.CallStatus, 'completed');
        requestsAre(scene, '/broken', target);
      });

      it(`${target.name}: the fallback URL is asked instead`, async () => {
        const scene = stage.scene();
        scene.on('/fallback', xml(next(scene)));
        const ended = await outbound(scene, {
          answer_url: target.at(scene, '/broken'),
          fallback_url: scene.url('/fallback'),
        });
        assert.equal(causeOf(ended), '4010 Plivo');
        assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300, JSON.stringify(ended.phone.heard));
        const [fallback] = scene.received('/fallback');
        assert.deepEqual([fallback?.params.Event, fallback?.params.CallStatus], ['StartApp', 'in-progress']);
        requestsAre(scene, '/broken', target);
      });
    }

    it('when the fallback URL fails too, the call ends with what failed last', async () => {
      const scene = stage.scene();
      scene.on('/answer', { status: 500 });
      scene.on('/fallback', 'OK');
      const ended = await outbound(scene, { fallback_url: scene.url('/fallback') });
      assert.equal(causeOf(ended), '8011 Error');
      assert.deepEqual([scene.received('/answer').length, scene.received('/fallback').length], [1, 1]);
    });
  });

  describe('answer URL of an incoming call', { concurrency: 6 }, () => {
    for (const target of targets.filter(({ name, tries }) => tries !== undefined && name !== SLOW_TARGET)) {
      it(`${target.name}: ${codeOf(target, 1)}, the caller is refused and nothing is charged`, async () => {
        const scene = stage.scene();
        target.at(scene, '/answer');
        const ended = await scene.play();
        assert.equal(causeOf(ended), codeOf(target, 1));
        assert.deepEqual([ended.phone.answeredAt, ended.phone.endedBy, loudMs(ended.phone)], [undefined, 'far', 0]);
        assert.ok((ended.phone.sipStatus ?? 0) >= 400, String(ended.phone.sipStatus));
        assert.deepEqual([ended.hangup.Duration, ended.hangup.TotalCost], ['0', '0.00000']);
        requestsAre(scene, '/answer', target);
      });
    }
  });

  const menu = (url: string, attributes = '') =>
    `<GetDigits action="${inXml(url)}" numDigits="1" timeout="8"${attributes}><Wait length="8"/></GetDigits>`;
  const pressing = [
    { do: 'wait', ms: 200 },
    { do: 'press', digits: '1' },
  ];

  describe('action', { concurrency: 6 }, () => {
    for (const target of targets) {
      it(`${target.name}: ${codeOf(target, 2)}, and the document is not gone on with`, async () => {
        const scene = stage.scene();
        scene.on('/answer', xml(menu(target.at(scene, '/broken')) + next(scene)));
        const ended = await scene.play(pressing);
        assert.equal(causeOf(ended), codeOf(target, 2));
        heardNothingOf(ended.phone, NEXT_HZ);
        heardNothingOf(ended.phone, UNHEARD_HZ);
        requestsAre(scene, '/broken', target);
      });

      it(`${target.name} with redirect="false": the next element runs`, async () => {
        const scene = stage.scene();
        scene.on('/answer', xml(menu(target.at(scene, '/broken'), ' redirect="false"') + next(scene)));
        const ended = await scene.play(pressing);
        assert.equal(causeOf(ended), '4010 Plivo');
        assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) >= 300, JSON.stringify(ended.phone.heard));
        heardNothingOf(ended.phone, UNHEARD_HZ);
      });
    }

    for (const [what, attributes, cause] of [
      ['that is no http URL', 'action="ftp://127.0.0.1/menu"', '7022 Error'],
      ['that is no URL', 'action="/menu"', '7022 Error'],
      ['with another method than GET and POST', 'action="http://127.0.0.1/menu" method="PUT"', '7032 Error'],
    ] as const) {
      it(`${what}: ${cause}, with redirect="false" nothing`, async () => {
        const answered = async (more: string) => {
          const scene = stage.scene();
          scene.on('/answer', xml(`<GetDigits ${attributes}${more} numDigits="1" timeout="8"/>${next(scene)}`));
          return await scene.play(pressing);
        };
        const [failed, ignored] = await Promise.all([answered(''), answered(' redirect="false"')]);
        assert.deepEqual([causeOf(failed), causeOf(ignored)], [cause, '4010 Plivo']);
        heardNothingOf(failed.phone, NEXT_HZ);
        assert.ok(msOf(ignored.phone, 'tone', NEXT_HZ) >= 300);
      });
    }
  });

  describe('Redirect', { concurrency: 6 }, () => {
    const redirected = async (scene: Scene, element: string) => {
      scene.on('/answer', xml(element + next(scene)));
      const ended = await scene.play();
      heardNothingOf(ended.phone, NEXT_HZ);
      heardNothingOf(ended.phone, UNHEARD_HZ);
      return causeOf(ended);
    };
    for (const target of targets) {
      it(`${target.name}: ${codeOf(target, 4)}`, async () => {
        const scene = stage.scene();
        assert.equal(await redirected(scene, `<Redirect>${inXml(target.at(scene, '/broken'))}</Redirect>`), codeOf(target, 4));
        requestsAre(scene, '/broken', target);
      });
    }
    it('that is no http URL: 7024', async () => {
      assert.equal(await redirected(stage.scene(), '<Redirect>ftp://127.0.0.1/next</Redirect>'), '7024 Error');
    });
    it('with another method than GET and POST: 7034', async () => {
      assert.equal(await redirected(stage.scene(), '<Redirect method="PUT">http://127.0.0.1/next</Redirect>'), '7034 Error');
    });
  });
});
