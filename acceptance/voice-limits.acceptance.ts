/** Calls that are refused because of what an account has at once, of whom they go to, and of whom they come from: reply, webhook, record, SIP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call } from './api.ts';
import { phoneAnswers, phoneCall, phoneDials } from './phones.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { voiceAccount, xml } from './voice.ts';

const NUMBERS = 12;
/** The number of the scene that is made first, and one that begins with a prefix that is switched off. */
const SILENT_NUMBER = '14155560000';
const OFF_PREFIX_NUMBER = '18765550100';
const STAYS = xml('<Wait length="60"/>');

describe('limits of calls', () => {
  let stage: Stage;
  before(async () => {
    const account = {
      ...voiceAccount,
      limits: { ...voiceAccount.limits, concurrent_calls: 2, dials_per_destination: 1 },
      geo: { ...voiceAccount.geo, voice: ['US', 'JM'], voice_disabled_prefixes: ['1876'] },
    };
    stage = await Stage.start('voice-limits', {
      numbers: NUMBERS,
      more: { accounts: [account], do_not_originate: [SILENT_NUMBER] },
    });
  });
  after(() => stage?.dispose());

  const make = async (scene: Scene, to: string) => {
    const body = { from: scene.number, to, answer_url: scene.url('/answer'), hangup_url: scene.url('/hangup') };
    return await call(stage.server, 'Call/', { body });
  };
  /** A call that is up and stays. */
  const talking = async () => {
    const scene = stage.scene(STAYS);
    await phoneAnswers(stage.server, scene.callee, [{ do: 'answer' }]);
    const id = await scene.fire();
    await phoneCall(stage.server, scene.callee, ({ state }) => state === 'talking' || state === 'answered');
    return { scene, id };
  };
  const hangUp = async ({ scene, id }: Awaited<ReturnType<typeof talking>>) => {
    assert.equal((await call(stage.server, `Call/${id}/`, { method: 'DELETE' })).status, 204);
    await scene.outcome();
  };

  it('a caller that makes no calls: its calls end with 3140', async () => {
    const scene = stage.scene(STAYS);
    assert.equal(scene.number, SILENT_NUMBER);
    assert.equal((await make(scene, scene.callee)).status, 201);
    const ended = await scene.outcome();
    assert.equal(causeOf(ended), '3140 Carrier');
    assert.deepEqual([ended.hangup.HangupCauseName, ended.hangup.CallStatus], ['DNO Caller ID', 'failed']);
    assert.deepEqual([ended.record.call_state, ended.record.total_amount], ['FAILED', '0.00000']);
  });

  it('two calls to one destination: the second ends with 1020', async () => {
    const first = await talking();
    const scene = stage.scene(STAYS);
    assert.equal((await make(scene, first.scene.callee)).status, 201);
    const ended = await scene.outcome();
    assert.equal(causeOf(ended), '1020 Plivo');
    assert.equal(ended.record.hangup_cause_name, 'Canceled (Simultaneous dial limit reached)');
    await hangUp(first);
  });

  it('beyond two calls: requests are 403, callers get 486 and 5030, and both are let in when one has ended', async () => {
    const up = [await talking(), await talking()] as const;
    const scene = stage.scene(STAYS);
    const refused = await make(scene, scene.callee);
    assert.deepEqual([refused.status, refused.json.error], [403, 'Concurrency Limit Breached']);
    assert.equal(refused.json.error_code, 'concurrency_limit');
    const ended = await scene.play();
    assert.equal(causeOf(ended), '5030 Plivo');
    assert.deepEqual([ended.hangup.HangupCauseName, ended.hangup.TotalCost], ['Concurrency Limit Breached', '0.00000']);
    assert.deepEqual([ended.phone.sipStatus, ended.phone.answeredAt], [486, undefined]);
    assert.equal(scene.received('/answer').length, 0);
    await hangUp(up[0]);
    const next = await talking();
    await Promise.all([hangUp(up[1]), hangUp(next)]);
  });

  it('legs of a Dial beyond two calls end with 5030, those to a prefix that is switched off with 2050', async () => {
    for (const [destinations, cause] of [
      [[OFF_PREFIX_NUMBER], '2050'],
      [['14155581111', '14155581112'], '5030'],
    ] as const) {
      const scene = stage.scene();
      for (const number of destinations) await phoneAnswers(stage.server, number, [{ do: 'ring' }]);
      const numbers = destinations.map((number) => `<Number>${number}</Number>`).join('');
      const more = `callbackUrl="${scene.url('/legs')}" action="${scene.url('/action')}" timeout="3"`;
      scene.on('/answer', xml(`<Dial ${more}>${numbers}</Dial>`));
      await phoneDials(stage.server, scene.caller, scene.number);
      await scene.request('/action', 20_000);
      const told = scene.received('/legs').map(({ params }) => params.DialBLegHangupCauseCode);
      assert.ok(told.includes(cause), `${cause} among ${told.join()}`);
      await scene.outcome();
    }
  });

  it('requests to a prefix that is switched off are 403', async () => {
    const scene = stage.scene(STAYS);
    const refused = await make(scene, OFF_PREFIX_NUMBER);
    assert.deepEqual([refused.status, refused.json.error], [403, 'Calls to this destination prefix are barred.']);
  });
});
