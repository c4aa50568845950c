/** A server that is told to stop while calls ring: they are refused, and it ends. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { freePort } from './ports.ts';
import { AUTH_ID, startServer, unlimitedAccount } from './server.ts';
import { eventually } from './wait.ts';

const NUMBER = '14155550100';

test('a call whose document has not come yet does not hold up the end of the server', async () => {
  const app = createServer(() => undefined);
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  const address = app.address();
  assert.ok(address !== null && typeof address === 'object');
  const sipPort = await freePort();
  const caller = createSocket('udp4');
  caller.bind(0, '127.0.0.1');
  await once(caller, 'listening');
  const heard: string[] = [];
  caller.on('message', (packet) => heard.push(packet.toString('latin1').split('\r\n')[0] ?? ''));
  const server = await startServer({
    name: 'ringing',
    config: {
      accounts: [unlimitedAccount],
      applications: [{ name: 'silent', account: AUTH_ID, answer_url: `http://127.0.0.1:${address.port}/` }],
      carriers: [{ name: 'callers', kind: 'sip', url: 'sip:127.0.0.1:9;transport=udp', sources: ['127.0.0.1'] }],
      numbers: [{ number: NUMBER, account: AUTH_ID, application: 'silent', carrier: 'callers', country: 'US', type: 'local' }],
    },
    env: { RINGDOWN_SIP_PORT: String(sipPort) },
  });
  try {
    const own = `127.0.0.1:${caller.address().port}`;
    const sdp = 'v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
    const invite = [
      `INVITE sip:+${NUMBER}@127.0.0.1:${sipPort} SIP/2.0`,
      `Via: SIP/2.0/UDP ${own};branch=z9hG4bK-ringing`,
      `From: <sip:+14155550123@${own}>;tag=a`,
      `To: <sip:+${NUMBER}@127.0.0.1:${sipPort}>`,
      'Call-ID: ringing',
      'CSeq: 1 INVITE',
      `Contact: <sip:a@${own}>`,
      'Max-Forwards: 70',
      'Content-Type: application/sdp',
      `Content-Length: ${sdp.length}`,
    ].join('\r\n');
    caller.send(`${invite}\r\n\r\n${sdp}`, sipPort, '127.0.0.1');
    await eventually('180', () => heard.find((line) => line.includes(' 180 ')));
    const { code } = await server.stop();
    assert.equal(code, 0);
    assert.ok(
      heard.some((line) => line.includes(' 503 ')),
      heard.join(', '),
    );
  } finally {
    caller.close();
    app.closeAllConnections();
    app.close();
    await server.dispose();
  }
});
