import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, listenOn, OFFER, SipRig } from '../../../testkit/sip-rig.ts';
import type { SipSession } from './session-types.ts';

const NODE = '192.0.2.1';
const PBX = '192.0.2.9';
const KEYS = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 5).toString('base64')}\r\n`;

/** A telephone system that calls over TLS and says in its Contact that it is reached by UDP. */
async function create() {
  const rig = new SipRig();
  const node = await rig.stack(NODE, { listen: listenOn(NODE) });
  const udp = await rig.peer(PBX);
  const connecting = rig.network.hostNetwork(PBX).connect({ address: NODE, port: 5061 }, { timeoutMs: 1000 });
  await rig.clock.advance(20);
  const connection = await connecting;
  let received = '';
  connection.onData((data) => {
    received += data.toString();
  });
  const send = (method: string, sequence: number, toTag: string, body = '') => {
    const head = [
      `${method} sip:us@${NODE} SIP/2.0`,
      `Via: SIP/2.0/TLS ${PBX}:5061;branch=z9hG4bK${method}${sequence}`,
      'Max-Forwards: 70',
      `From: <sip:pbx@${PBX}>;tag=peer`,
      `To: <sip:us@${NODE}>${toTag}`,
      'Call-ID: over-tls',
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:pbx@${PBX}:5060>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    connection.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));
  };
  let session: SipSession | undefined;
  node.onInvite((invite) => {
    void invite.accept(ANSWER).then((answered) => {
      session = answered;
    });
  });
  send('INVITE', 1, '', OFFER);
  await rig.clock.advance(50);
  send('ACK', 1, /;tag=[^;\r]+/.exec(/^To: .*$/m.exec(received)?.[0] ?? '')?.[0] ?? '');
  await rig.clock.advance(50);
  assert.ok(session);
  return { rig, udp, session, connection, heard: () => received };
}

describe('keys in the descriptions of a call over TLS', () => {
  it('stay on its connection, wherever the Contact leads', async () => {
    const { rig, udp, session, connection, heard } = await create();
    const offered = session.reinvite(`${ANSWER}${KEYS}`).catch(() => undefined);
    await rig.clock.advance(50);
    assert.match(heard(), /^INVITE sip:pbx@192\.0\.2\.9:5060 [\s\S]*a=crypto:1/m);
    assert.equal(udp.requests('INVITE').length, 0);
    session.bye();
    await rig.clock.advance(40_000);
    await offered;
    assert.ok(udp.requests('BYE').length > 0, 'what has no keys follows the Contact');
    connection.destroy();
    udp.close();
    await rig.assertClean();
  });

  it('go nowhere once it has ended', async () => {
    const { rig, udp, session, connection } = await create();
    connection.end();
    await rig.clock.advance(50);
    const offered = session.reinvite(`${ANSWER}${KEYS}`).then(
      () => 'answered',
      () => 'failed',
    );
    await rig.clock.advance(40_000);
    assert.equal(await offered, 'failed');
    assert.equal(udp.requests('INVITE').length, 0);
    session.bye();
    await rig.clock.advance(40_000);
    udp.close();
    await rig.assertClean();
  });
});
