import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerDialog } from '../../../testkit/sip-dialogs.ts';
import { ANSWER, OFFER, SipRig } from '../../../testkit/sip-rig.ts';
import type { Referral, SipSession } from './session-types.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';
const CAROL = '<sip:carol@example.com>';

/** A call of a peer that we have answered, and what it refers us to. */
async function connected() {
  const rig = new SipRig();
  const bob = await rig.stack(BOB);
  const peer = await rig.peer(PEER);
  const referrals: Referral[] = [];
  const sessions: SipSession[] = [];
  bob.onInvite((invite) => {
    invite.accept(ANSWER).then((session) => {
      session.onRefer((referral) => referrals.push(referral));
      sessions.push(session);
    });
  });
  peer.request('INVITE', `sip:bob@${BOB}`, BOB, {}, OFFER);
  await rig.clock.advance(20);
  const dialog = PeerDialog.calling(peer, BOB, `call-${PEER}`, `<sip:peer@${PEER}>;tag=peer`);
  dialog.send('ACK');
  await rig.clock.advance(20);
  const [session] = sessions;
  assert.ok(session);
  const refer = async (fields: Readonly<Record<string, string>> = {}) => {
    dialog.refer(CAROL, fields);
    await rig.clock.advance(20);
    const referral = referrals.at(-1);
    assert.ok(referral);
    return referral;
  };
  return { rig, peer, dialog, session, refer, referrals };
}

const stateOf = (dialog: PeerDialog): string => dialog.requests('NOTIFY').at(-1)?.headers.get('Subscription-State') ?? '';

describe('a transfer that a far end asks for', () => {
  it('is told step by step, each when the one before was taken, the last one as the end', async () => {
    const { rig, dialog, session, refer } = await connected();
    const referral = await refer();
    referral.accept();
    void referral.notify(180);
    void referral.notify(183);
    await rig.clock.advance(20);
    const [notify] = dialog.requests('NOTIFY');
    assert.deepEqual(
      ['Event', 'Content-Type', 'Subscription-State'].map((name) => notify?.headers.get(name)),
      ['refer;id=11', 'message/sipfrag;version=2.0', 'active;expires=180'],
    );
    assert.match(notify?.headers.get('Contact') ?? '', /192\.0\.2\.2/);
    assert.deepEqual(dialog.told(), [100]);
    await rig.clock.advance(20);
    assert.deepEqual(dialog.told(), [100, 183], 'of several that wait the last');
    const told = referral.notify(200);
    await rig.clock.advance(20);
    assert.deepEqual(dialog.told(), [100, 183, 200]);
    assert.equal(stateOf(dialog), 'terminated;reason=noresource');
    await rig.clock.advance(20);
    await told;
    session.bye();
    await rig.assertClean();
  });

  it('is not told to one that wants no subscription, which is confirmed', async () => {
    const { rig, peer, dialog, session, refer } = await connected();
    const referral = await refer({ 'Refer-Sub': 'false' });
    referral.accept();
    await rig.clock.advance(20);
    assert.equal(peer.responses('REFER').at(-1)?.headers.get('Refer-Sub'), 'false');
    await referral.notify(200);
    assert.deepEqual(dialog.told(), []);
    session.bye();
    await rig.assertClean();
  });

  it('is told also after the call', async () => {
    const { rig, dialog, refer } = await connected();
    const referral = await refer();
    referral.accept();
    await rig.clock.advance(20);
    dialog.told();
    dialog.send('BYE');
    await rig.clock.advance(1_000);
    dialog.send('INFO');
    await rig.clock.advance(20);
    assert.deepEqual([dialog.statuses('BYE'), dialog.statuses('INFO')], [[200], [481]]);
    void referral.notify(486);
    await rig.clock.advance(20);
    assert.deepEqual(dialog.told(), [100, 486]);
    await rig.assertClean();
  });

  it('is told no more to one that does not know of it, or does not answer', async () => {
    for (const status of [481, undefined]) {
      const { rig, peer, dialog, session, refer } = await connected();
      const referral = await refer();
      referral.accept();
      await rig.clock.advance(20);
      const [notify] = dialog.requests('NOTIFY');
      if (status !== undefined && notify) peer.respond(notify, status);
      else await rig.clock.advance(33_000);
      await rig.clock.advance(20);
      void referral.notify(200);
      await rig.clock.advance(20);
      assert.ok(dialog.requests('NOTIFY').every(({ body }) => /100/.test(String(body))));
      assert.equal(session.isEnded, false);
      session.bye();
      await rig.assertClean();
    }
  });

  it('has its subscription prolonged and ended by SUBSCRIBE', async () => {
    const { rig, dialog, session, refer } = await connected();
    const referral = await refer();
    referral.accept();
    await rig.clock.advance(20);
    dialog.told();
    await rig.clock.advance(170_000);
    dialog.send('SUBSCRIBE', { Event: 'refer;id=11', Expires: '60' });
    await rig.clock.advance(20);
    assert.deepEqual(dialog.told(), [100, 100]);
    assert.equal(stateOf(dialog), 'active;expires=60');
    dialog.send('SUBSCRIBE', { Event: 'refer', Expires: '0' });
    await rig.clock.advance(20);
    dialog.told();
    assert.match(stateOf(dialog), /^terminated/);
    await rig.clock.advance(20);
    await referral.notify(200);
    assert.deepEqual(dialog.told(), [100, 100, 100]);
    dialog.send('SUBSCRIBE', { Event: 'refer;id=11' });
    dialog.send('SUBSCRIBE', { Event: 'presence' });
    await rig.clock.advance(20);
    assert.deepEqual(dialog.statuses('SUBSCRIBE'), [200, 200, 481, 489]);
    session.bye();
    await rig.assertClean();
  });

  it('is given up after three minutes without an outcome, and refused in time if nobody has taken it', async () => {
    const { rig, dialog, session, refer } = await connected();
    const taken = await refer();
    taken.accept();
    await refer();
    dialog.told();
    await rig.clock.advance(10_000);
    assert.deepEqual(dialog.statuses('REFER'), [202, 480]);
    await rig.clock.advance(170_000);
    assert.deepEqual(dialog.told(), [100, 408]);
    session.bye();
    await rig.assertClean();
  });

  it('is limited to four at a time, and one that is not decided ends with the call', async () => {
    const { rig, dialog, session, refer } = await connected();
    for (let count = 0; count < 5; count++) await refer();
    await rig.clock.advance(20);
    assert.deepEqual(dialog.statuses('REFER'), [603]);
    session.bye();
    await rig.clock.advance(20);
    assert.deepEqual(dialog.statuses('REFER'), [603, 603, 603, 603, 603]);
    await rig.assertClean();
  });

  it('says where the far end is from now on', async () => {
    const { rig, session, refer } = await connected();
    const referral = await refer({ Contact: '<sip:peer@192.0.2.1:5070>' });
    assert.equal(session.remoteContact, 'sip:peer@192.0.2.1:5070');
    referral.reject(603);
    session.bye();
    await rig.assertClean();
  });
});
