import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig, seededRandom } from '../../../testkit/sip-rig.ts';
import { ha1Of } from '../digest.ts';
import { createDigestVerifier } from '../digest-verifier.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

describe('a call that has to authenticate', () => {
  for (const kind of ['www', 'proxy'] as const) {
    it(`is challenged (${kind}), answers, and its later requests and ACK are accepted`, async () => {
      const rig = new SipRig();
      const alice = await rig.stack(ALICE);
      const bob = await rig.stack(BOB);
      const verifier = createDigestVerifier({ clock: rig.clock, random: seededRandom(5), realm: 'r' });
      const verdicts: string[] = [];
      bob.onInvite((invite) => {
        const { method, uri, body, headers } = invite.request;
        const credentials = headers.all(kind === 'www' ? 'Authorization' : 'Proxy-Authorization');
        verifier
          .verify({ method, uri, body, credentials }, (username) => ha1Of(username, 'r', 'secret'))
          .then((verdict) => {
            verdicts.push(verdict.kind);
            if (verdict.kind !== 'ok') return invite.challenge(verifier.challenge(), kind);
            return invite.accept(ANSWER).then(() => {});
          });
      });
      const outgoing = alice.invite({
        target: `sip:b@${BOB}`,
        from: `sip:alice@${ALICE}`,
        to: `sip:b@${BOB}`,
        sdp: OFFER,
        credentials: { username: 'alice', password: 'secret' },
      });
      await rig.clock.advance(200);
      const result = await outgoing.result;
      assert.ok(result.kind === 'answered', JSON.stringify(result));
      assert.deepEqual(verdicts, ['absent', 'ok']);
      result.session.bye();
      await rig.assertClean();
    });
  }

  it('fails by 401 without credentials', async () => {
    const rig = new SipRig();
    const alice = await rig.stack(ALICE);
    const bob = await rig.stack(BOB);
    bob.onInvite((invite) => invite.challenge(['Digest realm="r", nonce="n"']));
    const outgoing = alice.invite({ target: `sip:b@${BOB}`, from: `sip:a@${ALICE}`, to: `sip:b@${BOB}`, sdp: OFFER });
    await rig.clock.advance(200);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.status === 401);
    await rig.assertClean();
  });
});
