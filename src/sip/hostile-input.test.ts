import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig } from '../../testkit/sip-rig.ts';
import { seededFraction } from '../../testkit/virtual-network.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';
const MESSAGES = 4000;

const template = (method: string, extra: string, body = '') =>
  [
    `${method} sip:bob@${BOB} SIP/2.0`,
    `Via: SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKBRANCH;rport`,
    'Max-Forwards: 70',
    `From: "P" <sip:peer@${PEER}>;tag=peer`,
    `To: <sip:bob@${BOB}>TOTAG`,
    'Call-ID: CALLID',
    `CSeq: SEQ ${method}`,
    `Contact: <sip:peer@${PEER}:5060>`,
    ...(extra === '' ? [] : [extra]),
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const TEMPLATES = [
  template('INVITE', 'Supported: 100rel, timer\r\nSession-Expires: 1800;refresher=uac', OFFER),
  template('INVITE', 'Require: 100rel\r\nRecord-Route: <sip:p.example;lr>', OFFER),
  template('ACK', ''),
  template('CANCEL', ''),
  template('BYE', 'Reason: SIP;cause=200'),
  template('PRACK', 'RAck: 1 1 INVITE'),
  template('UPDATE', 'Session-Expires: 90;refresher=uas', OFFER),
  template('REFER', 'Refer-To: <sip:x@y?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>'),
  template('INFO', '', 'Signal=5'),
  template('OPTIONS', 'Route: <sip:a;lr>, <sip:b>'),
  template('SIP/2.0', '').replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n'),
];
const PIECES = [
  '\r\n',
  ':',
  ';',
  ',',
  '<',
  '>',
  '"',
  '\0',
  '\u00ff',
  '%',
  '99999999999',
  '-1',
  ' ',
  '=',
  'tag=',
  'sip:',
  '[::1]',
];

describe('hostile input', () => {
  it(`${MESSAGES} mutated messages in and out of dialogs break nothing and leave nothing behind`, async () => {
    const rig = new SipRig(9);
    const fraction = seededFraction(2026);
    const bob = await rig.stack(BOB, { limits: { isTrusted: () => true } });
    const peer = await rig.network.hostNetwork(PEER).bindUdp(PEER, 5060);
    /** To tags that the stack has given away, by Call-ID. */
    const tags = new Map<string, string>();
    peer.onMessage((data) => {
      const text = data.toString('latin1');
      const tag = /^To:.*;tag=([0-9a-f]+)/m.exec(text)?.[1];
      const callId = /^Call-ID: (.*)\r$/m.exec(text)?.[1];
      if (tag !== undefined && callId !== undefined && text.startsWith('SIP/2.0')) tags.set(callId, tag);
    });
    bob.onInvite((invite) => {
      const choice = fraction();
      if (choice < 0.2) invite.reject(486);
      else if (choice < 0.4) invite.progress(ANSWER);
      else {
        invite.accept(ANSWER).then(
          (session) => {
            session.onOffer(() => ({ sdp: ANSWER }));
            session.onRefer((referral) => referral.accept());
          },
          () => {},
        );
      }
      rig.clock.after(60_000, () => invite.reject(480));
    });
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(fraction() * list.length)];
    const mutate = (text: string): string => {
      const at = Math.floor(fraction() * text.length);
      const choice = fraction();
      if (choice < 0.4) return text.slice(0, at) + pick(PIECES) + text.slice(at);
      if (choice < 0.7) return text.slice(0, at) + text.slice(at + 1 + Math.floor(fraction() * 8));
      return text.slice(0, at) + String.fromCharCode(Math.floor(fraction() * 256)) + text.slice(at + 1);
    };
    for (let index = 0; index < MESSAGES; index++) {
      const callId = `call${Math.floor(fraction() * 40)}`;
      const tag = tags.get(callId);
      let text = (pick(TEMPLATES) ?? '')
        .replace('BRANCH', `${Math.floor(fraction() * 500)}`)
        .replace('CALLID', callId)
        .replace('SEQ', `${1 + Math.floor(index / 100)}`)
        .replace('TOTAG', tag !== undefined && fraction() < 0.7 ? `;tag=${tag}` : '');
      for (let times = Math.floor(fraction() * 3); times > 0; times--) text = mutate(text);
      peer.send(Buffer.from(text, 'latin1'), { address: BOB, port: 5060 });
      if (index % 10 === 0) await rig.clock.advance(20);
    }
    await rig.clock.advance(1000);
    assert.ok(bob.drops().malformed > 100, 'many were malformed');
    assert.ok(tags.size > 10, 'many made dialogs');
    // Dialogs that were confirmed live on until their session timers find nobody.
    await rig.clock.advance(4_000_000);
    await rig.assertClean();
  });
});
