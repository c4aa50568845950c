import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig } from '../../../testkit/sip-rig.ts';
import type { StreamConnection } from '../network.ts';
import type { StackLimits } from '../sip-stack.ts';
import type { WebSocketLike } from './websocket-flow.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';

async function setUp(limits: Partial<StackLimits> = {}) {
  const rig = new SipRig();
  const bob = await rig.stack(BOB, { limits });
  const connect = async () => {
    const pending = rig.network.hostNetwork(PEER).connect({ address: BOB, port: 5060 }, { timeoutMs: 1000 });
    await rig.clock.advance(20);
    return watched(await pending);
  };
  return { rig, bob, connect };
}

/** A connection with what it has received and whether it has ended. */
function watched(connection: StreamConnection) {
  const seen = { text: '', isClosed: false, connection, write: (text: string) => connection.write(Buffer.from(text)) };
  connection.onData((data) => {
    seen.text += data.toString();
  });
  connection.onClose(() => {
    seen.isClosed = true;
  });
  return seen;
}

const options = (id: string, via = `SIP/2.0/TCP ${PEER}:5060`) =>
  [
    `OPTIONS sip:${BOB} SIP/2.0`,
    `Via: ${via};branch=z9hG4bK${id};rport`,
    'From: <sip:a@x>;tag=1',
    'To: <sip:b@x>',
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

describe('SIP over TCP', () => {
  it('answers on the connection the request came by, however its bytes were cut, and keeps it alive', async () => {
    const { rig, connect } = await setUp();
    const peer = await connect();
    const both = options('one') + options('two');
    peer.write(both.slice(0, 100));
    await rig.clock.advance(20);
    peer.write(both.slice(100));
    await rig.clock.advance(20);
    assert.equal(peer.text.match(/SIP\/2\.0 200 OK/g)?.length, 2);
    peer.text = '';
    peer.write('\r\n\r\n');
    await rig.clock.advance(20);
    assert.equal(peer.text, '\r\n');
    peer.connection.destroy();
    await rig.assertClean();
  });

  it('closes a connection that says nothing, or never finishes what it says', async () => {
    const { rig, bob, connect } = await setUp();
    const silent = await connect();
    const slow = await connect();
    for (const byte of 'OPTIONS sip') {
      slow.write(byte);
      await rig.clock.advance(1000);
    }
    assert.equal(silent.isClosed, true);
    assert.equal(slow.isClosed, true);
    assert.equal(bob.counts().connections, 0);
    await rig.assertClean();
  });

  it('closes an idle connection after ten minutes, not one that is kept alive', async () => {
    const { rig, connect } = await setUp();
    const idle = await connect();
    const kept = await connect();
    idle.write(options('idle'));
    kept.write(options('kept'));
    for (let minute = 0; minute < 12; minute++) {
      await rig.clock.advance(60_000);
      kept.write('\r\n\r\n');
    }
    assert.deepEqual([idle.isClosed, kept.isClosed], [true, false]);
    kept.connection.destroy();
    await rig.assertClean();
  });

  it('answers and ends a stream that is no SIP, or too long', async () => {
    const { rig, bob, connect } = await setUp();
    const browser = await connect();
    browser.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const long = await connect();
    long.write(options('long').replace('Content-Length: 0', 'Content-Length: 99999999'));
    await rig.clock.advance(50);
    assert.deepEqual([browser.isClosed, long.isClosed], [true, true]);
    assert.match(long.text, /^SIP\/2\.0 513 /);
    assert.equal(bob.drops().malformed, 2);
    await rig.assertClean();
  });

  it('takes only so many connections of one source', async () => {
    const { rig, bob, connect } = await setUp({ connectionsPerSource: 2 });
    const three = [await connect(), await connect(), await connect()];
    await rig.clock.advance(20);
    assert.deepEqual(
      three.map(({ isClosed }) => isClosed),
      [false, false, true],
    );
    assert.equal(bob.drops().refusedConnections, 1);
    for (const { connection } of three) connection.destroy();
    await rig.assertClean();
  });

  it('sends requests back on a connection whose peer declared an alias', async () => {
    const { rig, bob, connect } = await setUp();
    const peer = await connect();
    peer.write(options('alias', `SIP/2.0/TCP ${PEER}:5070;alias`));
    await rig.clock.advance(20);
    peer.text = '';
    const outgoing = bob.invite({
      target: `sip:a@${PEER}:5070;transport=tcp`,
      from: `sip:b@${BOB}`,
      to: 'sip:a@x.example',
      sdp: OFFER,
    });
    await rig.clock.advance(20);
    assert.match(peer.text, /^INVITE sip:a@/);
    outgoing.cancel();
    await rig.clock.advance(40_000);
    peer.connection.destroy();
    await rig.assertClean();
  });

  it('keeps a connection alive that it opened, until it has not been used for ten minutes', async () => {
    const { rig, bob } = await setUp();
    const accepted: ReturnType<typeof watched>[] = [];
    const listener = await rig.network.hostNetwork(PEER).listen(PEER, 5060, (connection) => accepted.push(watched(connection)));
    const target = `sip:a@${PEER};transport=tcp`;
    bob.invite({ target, from: `sip:b@${BOB}`, to: 'sip:a@x.example', sdp: OFFER });
    await rig.clock.advance(100_000);
    const [peer] = accepted;
    assert.match(peer?.text ?? '', /\r\n\r\n\r\n$/);
    await rig.clock.advance(600_000);
    assert.equal(peer?.isClosed, true);
    listener.close();
    await rig.assertClean();
  });

  it('uses one connection for many calls to one peer', async () => {
    const { rig, bob } = await setUp();
    const alice = await rig.stack(PEER);
    bob.onInvite((invite) => invite.reject(486));
    const calls = [1, 2, 3].map(() =>
      alice.invite({ target: `sip:b@${BOB};transport=tcp`, from: `sip:a@${PEER}`, to: 'sip:b@x.example', sdp: OFFER }),
    );
    await rig.clock.advance(100);
    for (const { result } of calls) assert.equal((await result).kind, 'failed');
    assert.deepEqual([alice.counts().connections, bob.counts().connections], [1, 1]);
    await rig.assertClean();
  });
});

describe('SIP over WebSocket', () => {
  /** Both ends of a WebSocket, as the HTTP server would hand one over. */
  function webSocket() {
    const sent: string[] = [];
    let onMessage: (data: Buffer) => void = () => {};
    let onClose: () => void = () => {};
    const socket: WebSocketLike = {
      send: (data) => sent.push(data),
      onMessage: (handler) => {
        onMessage = handler;
      },
      onClose: (handler) => {
        onClose = handler;
      },
      close: () => onClose(),
    };
    return { socket, sent, receive: (text: string) => onMessage(Buffer.from(text)), close: () => onClose() };
  }

  it('carries one message a frame, and requests of a call back to the browser', async () => {
    const { rig, bob } = await setUp();
    const browser = webSocket();
    bob.acceptWebSocket(browser.socket, { address: '198.51.100.7', port: 50_000 }, true);
    assert.equal(bob.counts().connections, 1);
    browser.receive('\r\n\r\n');
    assert.deepEqual(browser.sent.splice(0), ['\r\n']);
    const accepted = new Promise<void>((resolve, reject) => {
      bob.onInvite((invite) => invite.accept(ANSWER).then((session) => resolve(session.bye()), reject));
    });
    const headers = [
      'Via: SIP/2.0/WSS abc.invalid;branch=z9hG4bKws',
      'From: <sip:a@x>;tag=1',
      'To: <sip:b@x>',
      'Call-ID: ws',
      'Contact: <sip:a@abc.invalid;transport=ws>',
    ];
    const body = `Content-Type: application/sdp\r\nContent-Length: ${OFFER.length}\r\n\r\n${OFFER}`;
    browser.receive([`INVITE sip:b@x SIP/2.0`, ...headers, 'CSeq: 1 INVITE', body].join('\r\n'));
    await accepted;
    assert.match(browser.sent[0] ?? '', /^SIP\/2\.0 100 /);
    const answer = browser.sent[1] ?? '';
    assert.match(answer, /^SIP\/2\.0 200 /);
    assert.match(answer, /^Contact: <sip:b@192\.0\.2\.2:5060;transport=wss>/m);
    const to = /^To: (.*)$/m.exec(answer)?.[1]?.trim();
    const ack = [`ACK sip:b@${BOB} SIP/2.0`, ...headers.map((line) => (line.startsWith('To:') ? `To: ${to}` : line))];
    browser.receive([...ack, 'CSeq: 1 ACK', 'Content-Length: 0', '', ''].join('\r\n').replace('Kws', 'Kack'));
    await rig.clock.advance(50);
    assert.match(browser.sent.at(-1) ?? '', /^BYE sip:a@abc\.invalid;transport=ws SIP\/2\.0/);
    browser.close();
    assert.equal(bob.counts().connections, 0);
    await rig.assertClean();
  });
});
