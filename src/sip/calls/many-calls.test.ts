import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig } from '../../../testkit/sip-rig.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';
const CALLS = 2000;
/** Between the beginnings of two calls. */
const PACE_MS = 10;

describe('many calls over a bad network', () => {
  it('2,000 calls with loss, reordering and copies all end, and leave nothing behind', async () => {
    const rig = new SipRig(42);
    Object.assign(rig.network.weather, { loss: 0.05, reordering: 0.1, duplication: 0.02, reorderMs: 80 });
    const alice = await rig.stack(ALICE);
    const bob = await rig.stack(BOB);
    const ends = { caller: 0, callee: 0, cancelled: 0 };
    bob.onInvite((invite) => {
      invite.ring();
      invite.onCancelled(() => ends.cancelled++);
      rig.clock.after(200, () => {
        if (invite.isCancelled) return;
        invite.accept(ANSWER).then(
          (session) => {
            session.onOffer(() => ({ sdp: ANSWER }));
            session.onEnded(() => ends.callee++);
          },
          () => {},
        );
      });
    });
    const outcomes: Record<string, number> = {};
    for (let index = 0; index < CALLS; index++) {
      const outgoing = alice.invite({ target: `sip:b@${BOB}`, from: `sip:a@${ALICE}`, to: `sip:b@${BOB}`, sdp: OFFER });
      outgoing.result.then((result) => {
        const outcome = result.kind === 'answered' ? 'answered' : `${result.status} ${result.cause}`;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (result.kind !== 'answered') return;
        result.session.onEnded(() => ends.caller++);
        // Every third call is held on its way.
        if (index % 3 === 0) result.session.reinvite(`${OFFER}a=sendonly\r\n`).catch(() => {});
        rig.clock.after(1000, () => result.session.bye());
      });
      // Every tenth caller is impatient, at the very moment of the answer.
      if (index % 10 === 0) rig.clock.after(200 + (index % 50), () => outgoing.cancel());
      await rig.clock.advance(PACE_MS);
    }
    await rig.clock.advance(100_000);
    const answered = outcomes.answered ?? 0;
    const cancelled = outcomes['487 cancelled'] ?? 0;
    assert.equal(answered + cancelled, CALLS, JSON.stringify(outcomes));
    assert.ok(answered > 0.85 * CALLS, JSON.stringify(outcomes));
    assert.equal(ends.caller, answered);
    assert.ok(ends.callee >= answered, `${ends.callee} of ${answered}`);
    await rig.assertClean();
    assert.equal(rig.network.open, 0);
  });
});
