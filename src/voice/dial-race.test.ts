import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, inbound, post, speak, waitFor } from '../../testkit/voice-elements.ts';
import { hangupCause } from './hangup-cause.ts';

const DONE = 'http://app.example/done';
const A = '14155550111';
const B = '14155550112';
const CONFIRM = 'http://app.example/confirm';
type Run = ReturnType<typeof inbound>;

async function dialling(...given: Parameters<typeof dial>): Promise<Run> {
  const run = inbound([dial(...given), speak('On', 0)]);
  run.rig.application.answers(DONE, [speak('Done', 0)]);
  run.rig.application.answers(CONFIRM, [speak('Press five')]);
  await run.rig.clock.advance(10);
  return run;
}

const legOf = ({ rig }: Run, nth = 0) => {
  const dialled = rig.dialled[nth];
  assert.ok(dialled, 'it is dialled');
  return dialled.leg;
};
function result({ rig }: Run) {
  const [request] = rig.application.requestsTo(DONE);
  return request?.result?.element === 'Dial' ? request.result : undefined;
}

describe('the race of a Dial', () => {
  test('two that answer at the same moment: one is connected, the other has lost', async () => {
    const run = await dialling([A, B]);
    legOf(run, 0).answers();
    legOf(run, 1).answers();
    await run.rig.clock.advance(10);
    assert.equal(run.rig.media.bridges.size, 1);
    assert.deepEqual([legOf(run, 0).hungUpWith?.code, legOf(run, 1).hungUpWith?.code], [undefined, 9000]);
    await run.rig.assertClean();
  });

  test('a leg that answers in the moment its ring time ends is not connected', async () => {
    const run = await dialling([A], { timeoutMs: 20_000 });
    run.rig.clock.after(19_990, () => legOf(run).answers());
    await run.rig.clock.advance(20_000);
    assert.equal(result(run)?.cause.code, 6010);
    assert.equal(run.rig.media.bridges.size, 0);
    await run.rig.assertClean();
  });

  test('a leg that is answered and gone in one moment connects nobody', async () => {
    const run = await dialling([A]);
    legOf(run).answers();
    legOf(run).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    assert.deepEqual([result(run)?.status, result(run)?.bLegId], ['failed', '']);
    assert.equal(run.rig.media.bridges.size, 0);
    await run.rig.assertClean();
  });

  test('a leg that leaves while the caller is being answered was not connected', async () => {
    const run = await dialling([A]);
    const { promise, resolve } = Promise.withResolvers<void>();
    run.leg.opening = promise;
    legOf(run).answers();
    await run.rig.clock.advance(10);
    legOf(run).leaves(hangupCause(4000, 'Callee'));
    resolve();
    await run.rig.clock.advance(10);
    assert.deepEqual([result(run)?.status, result(run)?.cause.code, result(run)?.bLegId], ['failed', 4000, '']);
    await run.rig.assertClean();
  });

  test('a caller that leaves while it is being answered ends the leg too', async () => {
    const run = await dialling([A]);
    const { promise, resolve } = Promise.withResolvers<void>();
    run.leg.opening = promise;
    legOf(run).answers();
    await run.rig.clock.advance(10);
    run.leg.leaves(hangupCause(1000, 'Caller'));
    resolve();
    await run.rig.clock.advance(10);
    assert.deepEqual([result(run)?.status, result(run)?.bLegId], ['cancel', '']);
    assert.equal(legOf(run).hungUpWith?.code, 1000);
    await run.rig.assertClean();
  });

  test('a leg still being made when another has won never rings on', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = inbound(
      [
        {
          ...dial([A, B], { action: undefined }),
          targets: dial([A, B]).targets.map((each, nth) => ({ ...each, callerId: nth === 1 ? '14155550100' : undefined })),
        },
        speak('On', 0),
      ],
      (rig) => {
        rig.faults.dialling = promise;
        rig.callerIds.add('14155550100');
      },
    );
    await run.rig.clock.advance(10);
    assert.equal(run.rig.dialled.length, 1);
    legOf(run, 0).answers();
    await run.rig.clock.advance(10);
    resolve();
    await run.rig.clock.advance(10);
    assert.equal(legOf(run, 1).hungUpWith?.code, 9000);
    assert.equal(run.rig.media.bridges.size, 1);
    legOf(run, 0).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.isPlaying, true);
    await run.rig.assertClean();
  });

  test('a leg still being made when the ring time ends does not ring', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = inbound([dial([A], { callerId: '14155550100', timeoutMs: 1_000, action: undefined }), speak('On', 0)], (rig) => {
      rig.faults.dialling = promise;
      rig.callerIds.add('14155550100');
    });
    await run.rig.clock.advance(2_000);
    resolve();
    await run.rig.clock.advance(10);
    assert.equal(legOf(run).hungUpWith?.code, 6010);
    assert.equal(run.leg.media?.isPlaying, true);
    await run.rig.assertClean();
  });

  test('a leg still being made when the caller has gone does not ring', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = inbound([dial([A], { callerId: '14155550100' })], (rig) => {
      rig.faults.dialling = promise;
      rig.callerIds.add('14155550100');
    });
    await run.rig.clock.advance(100);
    run.leg.leaves(hangupCause(1000, 'Caller'));
    await run.rig.clock.advance(10);
    resolve();
    await run.rig.clock.advance(10);
    assert.equal(run.rig.dialled.length, 0);
    await run.rig.assertClean();
  });

  test('the caller may leave at any moment', async () => {
    for (let ms = 0; ms <= 4_000; ms += 200) {
      const run = inbound([
        dial([A, B], {
          confirmSound: CONFIRM,
          confirmKey: '5',
          dialMusic: { kind: 'url', url: CONFIRM },
          callback: post('http://x'),
        }),
      ]);
      run.rig.application.answers(CONFIRM, [speak('Press five'), waitFor(1)]);
      run.rig.application.answers(DONE, [speak('Done', 0)]);
      const at = (delay: number, task: () => void) => run.rig.clock.after(delay, task);
      at(700, () => run.rig.dialled[0]?.leg.answers());
      at(900, () => run.rig.dialled[1]?.leg.answers());
      at(2_100, () => run.rig.dialled[0]?.leg.media?.press('5'));
      at(3_100, () => run.rig.dialled[0]?.leg.leaves(hangupCause(4000, 'Callee')));
      await run.rig.clock.advance(ms);
      run.leg.leaves(hangupCause(4000, 'Caller'));
      await run.rig.clock.advance(4_001);
      assert.equal(run.ending(), '4000 Caller');
      await run.rig.assertClean();
    }
  });
});

describe('confirmation of a Dial', () => {
  test('the key in time connects, whether the sound has ended or not', async () => {
    for (const after of [100, 5_000]) {
      const run = await dialling([A], { confirmSound: CONFIRM, confirmKey: '5' });
      legOf(run).answers();
      await run.rig.clock.advance(after);
      assert.equal(run.rig.media.bridges.size, 0);
      legOf(run).media?.press('5');
      await run.rig.clock.advance(10);
      assert.equal(run.rig.media.bridges.size, 1);
      await run.rig.assertClean();
    }
  });

  test('without the key in time the leg ends with 9110', async () => {
    const run = await dialling([A], { confirmSound: CONFIRM, confirmKey: '5', confirmTimeoutMs: 10_000 });
    legOf(run).answers();
    await run.rig.clock.advance(9_990);
    assert.equal(legOf(run).hungUpWith, undefined);
    await run.rig.clock.advance(20);
    assert.equal(legOf(run).hungUpWith?.code, 9110);
    assert.deepEqual([result(run)?.status, result(run)?.cause.code, result(run)?.bLegId], ['failed', 9110, '']);
    await run.rig.assertClean();
  });

  test('another key ends the leg with 9110 at once, and the right one after it comes too late', async () => {
    const run = await dialling([A, B], { confirmSound: CONFIRM, confirmKey: '5' });
    legOf(run, 0).answers();
    legOf(run, 1).answers();
    await run.rig.clock.advance(1_000);
    legOf(run, 0).media?.press('45');
    await run.rig.clock.advance(10);
    assert.deepEqual([legOf(run, 0).hungUpWith?.code, legOf(run, 1).hungUpWith], [9110, undefined]);
    legOf(run, 1).media?.press('5');
    await run.rig.clock.advance(10);
    assert.equal(run.rig.media.bridges.size, 1);
    await run.rig.assertClean();
  });

  test('hunting goes on after a leg that has not confirmed', async () => {
    const run = await dialling([A, B], { confirmSound: CONFIRM, confirmKey: '5', confirmTimeoutMs: 10_000 });
    legOf(run, 0).answers();
    await run.rig.clock.advance(11_000);
    legOf(run, 1).answers();
    await run.rig.clock.advance(1_000);
    legOf(run, 1).media?.press('5');
    await run.rig.clock.advance(10);
    assert.equal(run.rig.media.bridges.size, 1);
    assert.equal(legOf(run, 0).hungUpWith?.code, 9110);
    await run.rig.assertClean();
  });

  test('the first to confirm wins, not the first to answer', async () => {
    const run = await dialling([A, B], { confirmSound: CONFIRM, confirmKey: '5' });
    legOf(run, 0).answers();
    legOf(run, 1).answers();
    await run.rig.clock.advance(1_000);
    legOf(run, 1).media?.press('5');
    await run.rig.clock.advance(10);
    assert.equal(legOf(run, 0).hungUpWith?.code, 9000);
    await run.rig.assertClean();
  });

  test('a leg that hangs up during it keeps its own cause', async () => {
    const run = await dialling([A], { confirmSound: CONFIRM, confirmKey: '5' });
    legOf(run).answers();
    await run.rig.clock.advance(100);
    legOf(run).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    assert.deepEqual([result(run)?.status, result(run)?.cause.code], ['failed', 4000]);
    await run.rig.assertClean();
  });

  for (const [what, more] of [
    ['the sound is heard and then they are connected', {}],
    ['the time for it cuts no sound', { confirmTimeoutMs: 100 }],
  ] as const) {
    test(`without a key ${what}`, async () => {
      const run = await dialling([A], { confirmSound: CONFIRM, ...more });
      legOf(run).answers();
      await run.rig.clock.advance(490);
      assert.equal(run.rig.media.bridges.size, 0);
      await run.rig.clock.advance(20);
      assert.equal(run.rig.media.bridges.size, 1);
      await run.rig.assertClean();
    });
  }

  test('a key without a sound is not asked for', async () => {
    const run = await dialling([A], { confirmKey: '5' });
    legOf(run).answers();
    await run.rig.clock.advance(10);
    assert.equal(run.rig.media.bridges.size, 1);
    await run.rig.assertClean();
  });
});

describe('what the caller hears meanwhile', () => {
  test('is a ring tone once it is answered, until somebody answers', async () => {
    const run = inbound([speak('Hold'), dial([A])]);
    await run.rig.clock.advance(500);
    assert.deepEqual(run.leg.media?.heard.at(-1)?.sources, [{ kind: 'tone', tone: 'ringback' }]);
    legOf(run).answers();
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.isPlaying, false);
    await run.rig.assertClean();
  });

  test('is its own network before it is answered', async () => {
    const run = await dialling([A]);
    assert.deepEqual([run.leg.asked, run.leg.media], [['ring'], undefined]);
    await run.rig.assertClean();
  });

  test('is silence with none', async () => {
    const run = inbound([speak('Hold'), dial([A], { dialMusic: { kind: 'none' } })]);
    await run.rig.clock.advance(500);
    assert.equal(run.leg.media?.isPlaying, false);
    await run.rig.assertClean();
  });

  test('is the audio of the called party with real, unanswered', async () => {
    const run = await dialling([A], { dialMusic: { kind: 'real' } });
    legOf(run).rings();
    await run.rig.clock.advance(10);
    assert.equal(run.rig.media.bridges.size, 0);
    legOf(run).sendsEarlyAudio();
    await run.rig.clock.advance(10);
    assert.deepEqual([run.leg.asked, run.rig.media.bridges.size], [['ring', 'early'], 1]);
    legOf(run).answers();
    await run.rig.clock.advance(10);
    assert.deepEqual([run.leg.asked, run.rig.media.bridges.size], [['ring', 'early', 'answer'], 1]);
    await run.rig.assertClean();
  });

  test('is the music of a document, again and again, as early audio', async () => {
    const run = inbound([dial([A], { dialMusic: { kind: 'url', url: 'http://app.example/music' } })]);
    run.rig.application.answers('http://app.example/music', [speak('La la'), waitFor(1)]);
    await run.rig.clock.advance(3_000);
    assert.deepEqual(run.leg.asked, ['ring', 'early']);
    assert.deepEqual(run.heardAt(), [0, 1_250, 2_500]);
    await run.rig.assertClean();
  });

  test('is a ring tone when the music cannot be fetched, which is not asked for again and again', async () => {
    const run = inbound([dial([A], { dialMusic: { kind: 'url', url: 'http://app.example/music' } })]);
    let asked = 0;
    const { sounds } = run.rig.services;
    Object.assign(run.rig.services, {
      sounds: {
        ...sounds,
        fromUrl: async (url: string, signal: AbortSignal) => {
          asked++;
          await run.rig.clock.sleep(20);
          return sounds.fromUrl(url, signal);
        },
      },
    });
    run.rig.application.answers('http://app.example/music', [{ element: 'Play', url: 'http://cdn.example/gone.mp3', loop: 1 }]);
    await run.rig.clock.advance(5_000);
    assert.equal(asked, 1);
    assert.deepEqual(run.leg.media?.heard.at(-1)?.sources, [{ kind: 'tone', tone: 'ringback' }]);
    await run.rig.assertClean();
  });
});
