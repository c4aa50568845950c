import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PeerDialog } from '../../../testkit/sip-dialogs.ts';
import { ANSWER, OFFER } from '../../../testkit/sip-rig.ts';
import { createSipVoiceRig, FIRST_TRUNK, SECOND_TRUNK } from '../../../testkit/sip-voice-rig.ts';
import { CALLEE, transferRig } from '../../../testkit/transfer-rig.ts';
import { dial, post, speak } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';

const OTHER_NODE = '192.0.2.20';

/** A call of the first node, to a trunk that knows a second node of the installation, too. */
async function twoNodes() {
  const here = await transferRig();
  const { callee, calleeId } = await here.dialling();
  const there = await createSipVoiceRig({ sip: here.rig.sip, node: OTHER_NODE });
  there.useTrunks({ name: 'first', url: `sip:${FIRST_TRUNK}`, refer: 'allow' }, { name: 'second', url: `sip:${SECOND_TRUNK}` });
  return {
    here,
    there,
    callee,
    calleeId,
    async finish() {
      for (const { call } of [...there.live]) call.hangUp(hangupCause(4000, 'API Request'));
      await here.finish();
      await there.assertClean();
    },
  };
}

describe('a call that another node has', () => {
  test('cannot be replaced here: 481, and it goes on', async () => {
    const { here, there, callee, calleeId, finish } = await twoNodes();
    const fields = { From: `<sip:+14155550144@${FIRST_TRUNK}>;tag=newcomer`, 'Call-ID': 'newcomer', Replaces: callee.replaces };
    here.peer.request('INVITE', `sip:somebody@${OTHER_NODE}`, OTHER_NODE, fields, OFFER);
    await here.rig.clock.advance(50);
    const answers = here.peer.responses('INVITE').filter(({ headers }) => headers.get('Call-ID') === 'newcomer');
    assert.equal(answers.at(-1)?.status, 481);
    assert.deepEqual([there.live.size, here.call(calleeId)?.progress, here.bridges()], [0, 'answered', 1]);
    await finish();
  });

  test('cannot be joined with one of this node: the far end is told 481, and both go on', async () => {
    const { here, there, callee, calleeId, finish } = await twoNodes();
    there.application.answers('http://app.example/answer', [dial([CALLEE]), speak('On', 0)]);
    const { flow } = there.startCall('inbound');
    void flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
    await here.rig.clock.advance(50);
    const invite = here.invited(2);
    here.peer.respond(invite, 200, {}, ANSWER, 'there');
    await here.rig.clock.advance(50);
    const second = PeerDialog.called(here.peer, OTHER_NODE, invite, 'there');
    second.refer(`<sip:+${CALLEE}@consulted.example?Replaces=${encodeURIComponent(callee.replaces)}>`);
    await here.rig.clock.advance(50);
    assert.deepEqual(second.statuses('REFER'), [202]);
    second.told();
    await here.rig.clock.advance(50);
    assert.deepEqual(second.told(), [100, 481]);
    assert.deepEqual([here.call(calleeId)?.progress, here.bridges(), there.media.bridges.size], ['answered', 1, 1]);
    await finish();
  });
});
