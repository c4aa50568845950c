import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PeerDialog } from '../../../testkit/sip-dialogs.ts';
import { CALLEE, type TransferRig, transferRig } from '../../../testkit/transfer-rig.ts';
import { hangupCause } from '../hangup-cause.ts';

/** A Refer-To that names the other call of who sends it. */
const consulted = ({ replaces }: PeerDialog, more = ''): string =>
  `<sip:+${CALLEE}@consulted.example?Replaces=${encodeURIComponent(`${replaces}${more}`)}>`;

/** A call, seen from one of its ends. */
interface Side {
  /** Its leg passes calls on. */
  readonly dialog: PeerDialog;
  readonly id: string;
  /** Whom it talks to: by SIP, or scripted. */
  readonly partnerId: string;
}

const sides: Readonly<Record<string, (rig: TransferRig) => Promise<Side>>> = {
  'was called': async (rig) => {
    const { caller, callee, calleeId } = await rig.dialling();
    return { dialog: callee, id: calleeId, partnerId: caller.call.id };
  },
  'has called': async (rig) => {
    const { caller, callerId, calleeId } = await rig.called();
    return { dialog: caller, id: callerId, partnerId: calleeId };
  },
};

describe('a far end with two calls connects their partners', () => {
  for (const [how, first] of Object.entries(sides)) {
    for (const [why, second] of Object.entries(sides)) {
      test(`where it ${how} first and ${why} then`, async () => {
        const rig = await transferRig('endpoints');
        const a = await first(rig);
        const b = await second(rig);
        assert.equal(rig.bridges(), 2);
        a.dialog.refer(consulted(b.dialog));
        await rig.rig.clock.advance(50);
        assert.deepEqual(a.dialog.statuses('REFER'), [202]);
        a.dialog.told();
        await rig.rig.clock.advance(50);
        assert.deepEqual(a.dialog.told(), [100, 200]);
        assert.equal(rig.bridges(), 1);
        for (const bye of b.dialog.requests('BYE')) b.dialog.peer.respond(bye, 200);
        a.dialog.send('BYE');
        await rig.rig.clock.advance(50);
        assert.match(rig.endOf(a.id) ?? '', /^4000 Call/);
        assert.match(rig.endOf(b.id) ?? '', /^4000 Call/);
        const [p, q] = [rig.call(a.partnerId), rig.call(b.partnerId)];
        assert.deepEqual([p?.progress, q?.progress, rig.bridges()], ['answered', 'answered', 1]);
        q?.hangUp(hangupCause(4000, 'Callee'));
        await rig.rig.clock.advance(50);
        assert.equal(rig.bridges(), 0);
        // One that has a document goes on with it, another has nothing to do.
        assert.equal(rig.call(a.partnerId)?.progress, how === 'was called' ? 'answered' : undefined);
        assert.equal(rig.notes('transferred').length, 4);
        await rig.finish();
      });
    }
  }

  test('and whoever stays alone of two callers goes on with its document, whichever leaves by the API', async () => {
    const rig = await transferRig();
    const a = await rig.dialling();
    const b = await rig.dialling();
    a.callee.refer(consulted(b.callee));
    await rig.rig.clock.advance(50);
    assert.equal(rig.bridges(), 1);
    rig.rig.application.answers('http://app.example/other', []);
    b.caller.flow.transfer({ url: 'http://app.example/other', method: 'POST' });
    await rig.rig.clock.advance(50);
    assert.equal(rig.bridges(), 0);
    assert.equal(a.caller.call.progress, 'answered');
    assert.equal(a.caller.leg.media?.isPlaying, true);
    await rig.finish();
  });

  test('is told 481 where there is no such call, and keeps its own', async () => {
    const rig = await transferRig();
    const a = await rig.dialling();
    const b = await rig.dialling();
    const wrong = [
      consulted(a.callee),
      `<sip:x@y?Replaces=${encodeURIComponent('nobody;to-tag=1;from-tag=2')}>`,
      consulted(b.callee).replace('from-tag', 'x-tag'),
    ];
    for (const target of wrong) a.callee.refer(target);
    await rig.rig.clock.advance(50);
    // The last is no Refer-To that could be read.
    assert.deepEqual(a.callee.statuses('REFER'), [202, 202, 400]);
    for (let count = 0; count < 3; count++) {
      a.callee.told();
      await rig.rig.clock.advance(50);
    }
    assert.deepEqual(a.callee.told().toSorted(), [100, 100, 481, 481]);
    assert.equal(rig.bridges(), 2);
    await rig.finish();
  });

  test('is told 486 where it wants a call that still rings only', async () => {
    const rig = await transferRig();
    const a = await rig.dialling();
    const b = await rig.dialling();
    a.callee.refer(consulted(b.callee, ';early-only'));
    await rig.rig.clock.advance(50);
    a.callee.told();
    await rig.rig.clock.advance(50);
    assert.deepEqual(a.callee.told(), [100, 486]);
    await rig.finish();
  });

  test('only if it is in both: not a call that some other trunk has', async () => {
    const rig = await transferRig();
    const a = await rig.dialling();
    const b = await rig.called();
    const call = rig.call(b.callerId);
    assert.ok(call);
    rig.rig.useTrunks(
      { name: 'first', url: 'sip:192.0.2.2', refer: 'allow' },
      { name: 'second', url: 'sip:192.0.2.3', refer: 'allow' },
    );
    // As if the second had carried it.
    Object.defineProperty(call, 'origin', { value: { ...call.origin, carrier: 'second' } });
    a.callee.refer(consulted(b.caller));
    await rig.rig.clock.advance(50);
    a.callee.told();
    await rig.rig.clock.advance(50);
    assert.deepEqual(a.callee.told(), [100, 481]);
    assert.equal(rig.bridges(), 2);
    await rig.finish();
  });

  test('one after the other', async () => {
    const rig = await transferRig();
    const a = await rig.dialling();
    const b = await rig.dialling();
    b.callee.refer('<sip:+14155550178@carrier.example>');
    await rig.rig.clock.advance(50);
    a.callee.refer(consulted(b.callee));
    await rig.rig.clock.advance(50);
    assert.deepEqual(a.callee.statuses('REFER'), [491]);
    assert.equal(rig.bridges(), 1);
    await rig.finish();
  });
});
