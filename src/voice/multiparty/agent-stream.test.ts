import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialTo, PARTY, party, partyControlRig } from '../../../testkit/multiparty-rig.ts';
import { BOT, post, speak, stream } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';
import { RETRY_DELAY_MS } from '../streams/audio-stream.ts';
import type { StreamPlan } from '../streams/stream-plan.ts';

const WHICH = { by: 'name', name: PARTY } as const;
const CALLER_LEAVES = hangupCause(4000, 'Caller');
const ANNA = '14155550101';
const agentStream: StreamPlan = { ...stream().plan, bidirectional: true, sampleRate: 16_000 };
const AUDIO = {
  event: 'playAudio',
  media: { contentType: 'audio/x-l16', sampleRate: 16_000, payload: Buffer.alloc(640, 1).toString('base64') },
};

function talking() {
  const made = partyControlRig();
  const { rig } = made;
  return {
    ...made,
    /** A customer and an AI agent whose application is connected. */
    meet: async () => {
      const customer = await made.enter('customer', { stayAlone: true });
      const agent = await made.enter('ai-agent', { agentStream }, {}, [speak('after the agent', 0)]);
      await rig.clock.advance(1);
      return { customer, agent, app: rig.apps.latest };
    },
    streams: () =>
      rig.application.notifications.flatMap((each) =>
        each.kind === 'stream' ? [each.error === undefined ? each.event : `${each.event}: ${each.error}`] : [],
      ),
    reasons: () => [...rig.apps.stored.values()].map(({ state, endReason }) => [state, endReason]),
  };
}

describe('an AI agent with an application', () => {
  test('lets it hear what the participant hears and speak in its place', async () => {
    const { rig, meet, member, streams, end } = talking();
    const { agent, app } = await meet();
    assert.equal(app.request.url, BOT);
    const { start } = app.received[0] ?? {};
    assert.ok(typeof start === 'object' && start !== null && 'callId' in start && 'tracks' in start);
    assert.deepEqual([start.callId, start.tracks], [agent.call.id, ['inbound']]);
    agent.leg.media?.tapped('inbound', new Uint8Array(640));
    assert.equal(app.got('media').length, 0, 'its own far end is not what it hears');
    agent.leg.media?.tapped('outbound', new Uint8Array(640).fill(7));
    const [heard] = app.got('media');
    assert.ok(typeof heard?.media === 'object' && heard.media !== null && 'track' in heard.media && 'payload' in heard.media);
    assert.deepEqual(
      [heard.media.track, heard.media.payload],
      ['inbound', Buffer.from(new Uint8Array(640).fill(7)).toString('base64')],
    );
    app.says(AUDIO);
    app.says({ event: 'checkpoint', name: 'said' });
    await rig.clock.advance(1_000);
    assert.equal(member(1).spokenFor, agent.leg.media?.fed, 'the room hears it, and not the far end');
    assert.deepEqual(
      agent.leg.media?.fed?.pushed.map(({ pcm, sampleRate }) => [pcm.length, sampleRate]),
      [[320, 16_000]],
    );
    assert.equal(app.got('playedStream').length, 1);
    agent.leg.media?.press('4');
    app.says({ event: 'sendDTMF', dtmf: '9' });
    await rig.clock.advance(1_000);
    assert.deepEqual([app.got('dtmf').length, agent.leg.media?.sentDigits, streams()], [1, '9', ['started']]);
    await end();
  });

  test('leaves when its application closes, and its leg goes on', async () => {
    const { rig, meet, told, stays, streams, live, end } = talking();
    const { agent, app } = await meet();
    app.leaves(1000);
    await rig.clock.advance(10);
    assert.deepEqual([told().at(-1), stays()[1]?.exit, streams()], ['exited 2', 'hangup', ['stopped']]);
    assert.deepEqual([agent.leg.media?.isPlaying, live().participants.length], [true, 1]);
    await end();
  });

  test('leaves when its application is lost or was never there', async () => {
    const { rig, meet, told, streams, enter, reasons, end } = talking();
    const { app } = await meet();
    app.leaves(1006);
    await rig.clock.advance(10);
    assert.equal(told().at(-1), 'exited 2');
    rig.apps.failing = 3;
    await enter('ai-agent', { agentStream });
    await rig.clock.advance(2 * RETRY_DELAY_MS + 10);
    assert.equal(told().at(-1), 'exited 3');
    assert.deepEqual(streams(), ['dropped: connection disconnected with the remote service', 'dropped: connection_failed']);
    assert.deepEqual(reasons(), [
      ['dropped', 'Connection error'],
      ['dropped', 'Connection error'],
    ]);
    rig.apps.storageFault = 'the database is away';
    await enter('ai-agent', { agentStream });
    assert.equal(told().at(-1), 'exited 4');
    assert.ok(rig.steps.some(({ event }) => event === 'stream_failed'));
    rig.apps.storageFault = undefined;
    await end();
  });

  test('takes its stream along when it is kicked, hangs up, is transferred, or the multiparty call ends', async () => {
    const kicked = talking();
    await kicked.meet();
    await kicked.control.kick(kicked.scope, WHICH, ['2']);
    await kicked.rig.clock.advance(10);
    assert.deepEqual([kicked.reasons(), kicked.rig.apps.latest.ended], [[['stopped', 'API request']], 'closed']);
    await kicked.end();

    const gone = talking();
    (await gone.meet()).agent.leg.leaves(CALLER_LEAVES);
    await gone.rig.clock.advance(10);
    assert.deepEqual(gone.reasons(), [['stopped', 'Call hangup']]);
    await gone.end();

    const moved = talking();
    const { agent } = await moved.meet();
    moved.rig.application.answers('http://app.example/other', [speak('elsewhere', 0)]);
    agent.flow.transfer(post('http://app.example/other'));
    await moved.rig.clock.advance(10);
    assert.deepEqual([moved.reasons(), agent.leg.media?.isPlaying], [[['stopped', 'API request']], true]);
    await moved.end();

    const ended = talking();
    await ended.meet();
    await ended.control.end(ended.scope, WHICH);
    await ended.rig.clock.advance(10);
    assert.deepEqual(ended.reasons(), [['stopped', 'API request']]);
    await ended.end();
  });

  test('is connected to its application when the multiparty call starts, on hold too', async () => {
    const { rig, enter, control, scope, member, end } = talking();
    const agent = await enter('ai-agent', { agentStream, startOnEnter: false, hold: true });
    await rig.clock.advance(10);
    assert.equal(rig.apps.sockets.length, 0, 'nobody is there to talk to');
    await control.activate(scope, WHICH);
    await rig.clock.advance(10);
    assert.deepEqual([rig.apps.sockets.length, member(0).held, agent.leg.media?.isPlaying], [1, true, true]);
    await end();
  });

  test('that leaves while it connects opens no socket', async () => {
    const { rig, enter, reasons, end } = talking();
    await enter('customer', { stayAlone: true });
    rig.apps.failing = 1;
    const agent = await enter('ai-agent', { agentStream });
    agent.leg.leaves(CALLER_LEAVES);
    await rig.clock.advance(10_000);
    assert.deepEqual([rig.apps.sockets.length, reasons()], [0, [['stopped', 'Call hangup']]]);
    await end();
  });

  test('of a call that streams already has none, and leaves', async () => {
    const { rig, run, enter, told, end } = talking();
    await enter('customer', { stayAlone: true });
    await run([stream(), party('ai-agent', { agentStream })]);
    await rig.clock.advance(10);
    assert.equal(told().at(-1), 'exited 2');
    assert.ok(rig.steps.some(({ event }) => event === 'stream_refused'));
    await end();
  });

  test('added by the API is dialled, and its leg ends with its application', async () => {
    const { rig, scope, control, enter, reasons, end } = talking();
    await enter('customer', { stayAlone: true });
    await control.add(scope, WHICH, dialTo([ANNA], 'ai-agent', {}, { agentStream }));
    await rig.clock.advance(10);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(10);
    rig.apps.latest.leaves(1000);
    await rig.clock.advance(10);
    assert.deepEqual(
      rig.ended.map(({ to, ended }) => `${to} ${ended?.cause.code} ${ended?.cause.source}`),
      [`${ANNA} 4000 Plivo`],
    );
    assert.deepEqual(reasons(), [['stopped', 'Connection error']]);
    await end();
  });
});
