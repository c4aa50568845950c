import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RtpPhone } from './rtp-phone.ts';
import { headerOf, Sipp } from './sipp.ts';
import { expect, expectRequest, invite, request, respondInside, scenario, sdp } from './sipp-scenario.ts';
import { answeredCall, hangupOf, NUMBER, startVoice, type VoiceSuite, xml } from './voice.ts';
import { eventually } from './wait.ts';

/** Strangers of the loopback network: no trunk, no endpoint. */
const STRANGER = '127.0.0.2';
const FLOODER = '127.0.0.5';
const FLOOD_MS = 4_000;
/** Beyond what one address may send. */
const FLOOD_PER_SECOND = 5_000;

/** A stranger's SIP by hand: what no library would send. */
class Stranger {
  readonly #socket: Socket;
  readonly answers: string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data) => this.answers.push(data.toString('latin1')));
  }

  static async open(address: string): Promise<Stranger> {
    const socket = createSocket('udp4').bind(0, address);
    await once(socket, 'listening');
    return new Stranger(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(message: string | Buffer, port: number): void {
    this.#socket.send(typeof message === 'string' ? Buffer.from(message, 'latin1') : message, port, '127.0.0.1', () => {});
  }

  close(): void {
    this.#socket.close();
  }
}

describe('bad SIP: answered with 400 or dropped, and calls go on', () => {
  let suite: VoiceSuite;
  let stranger: Stranger;
  let phone: RtpPhone;
  let calls = 0;
  before(async () => {
    suite = await startVoice('sip-bad-input');
  });
  after(() => suite?.dispose());
  beforeEach(async () => {
    stranger = await Stranger.open(STRANGER);
    phone = await RtpPhone.open();
  });
  afterEach(() => {
    stranger.close();
    phone.close();
  });

  /** An OPTIONS of its own Call-ID; `change` makes it bad. */
  const message = (id: string, change: (text: string) => string = (text) => text, from: Stranger = stranger): string =>
    change(`OPTIONS sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP ${STRANGER}:${from.port};branch=z9hG4bK${id}
Max-Forwards: 70
From: <sip:stranger@${STRANGER}>;tag=${id}
To: <sip:127.0.0.1>
Call-ID: ${id}
CSeq: 1 OPTIONS
Content-Length: 0

`).replaceAll('\n', '\r\n');
  const answerTo = async (id: string): Promise<string> =>
    await eventually(`answer to ${id}`, () => stranger.answers.find((answer) => headerOf(answer, 'Call-ID') === id));
  const isAlive = async (id: string) => {
    stranger.send(message(id), suite.server.sipPort);
    assert.match(await answerTo(id), /^SIP\/2\.0 200 /);
  };
  /** A call with audio, from the first message to the last. */
  const callWorks = async (): Promise<void> => {
    suite.answerWith(xml(`<Play>${suite.tone(800, 1000)}</Play>`));
    const before = suite.app.on('/answer').length;
    const provisional = [100, 180].map((status) => expect(status, { optional: true }));
    const sipp = await Sipp.start({
      to: suite.server.sipPort,
      scenario: scenario(
        invite({ number: NUMBER, body: sdp({ port: phone.port }) }),
        ...provisional,
        expect(200),
        request('ACK', 1),
        expectRequest('BYE'),
        respondInside('200 OK'),
      ),
    });
    try {
      await sipp.done();
      await phone.hears(800, 800);
      const { CallUUID } = await answeredCall(suite, before);
      assert.equal((await hangupOf(suite, String(CallUUID))).HangupCauseCode, '4010');
      calls++;
    } finally {
      await sipp.stop();
    }
  };

  const broken: readonly (readonly [what: string, status: number, change: (text: string) => string])[] = [
    ['no CSeq', 400, (text) => text.replace(/CSeq.*\n/, '')],
    ['a From that cannot be read', 400, (text) => text.replace(/From: .*\n/, 'From: <<>>\n')],
    ['a CSeq of another method', 400, (text) => text.replace('1 OPTIONS', '1 INVITE')],
    ['a CSeq that is no number', 400, (text) => text.replace('1 OPTIONS', 'one OPTIONS')],
    ['more body announced than there is', 400, (text) => text.replace('Length: 0', 'Length: 9999')],
    ['a negative length', 400, (text) => text.replace('Length: 0', 'Length: -1')],
    ['two Call-IDs', 400, (text) => text.replace('CSeq', 'Call-ID: another\nCSeq')],
    ['a Request-URI that is none', 400, (text) => text.replace('sip:127.0.0.1 SIP', 'sip:[[[ SIP')],
    ['a Request-URI of another scheme', 416, (text) => text.replace('sip:127.0.0.1 SIP', 'gopher:hole SIP')],
    ['an extension nobody has', 420, (text) => text.replace('To: ', 'Require: telepathy\nTo: ')],
    ['SIP of another version', 505, (text) => text.replace(' SIP/2.0\n', ' SIP/7.0\n')],
  ];
  for (const [what, status, change] of broken) {
    it(`answers ${status} to a request with ${what}`, async () => {
      const id = `broken${broken.findIndex(([name]) => name === what)}`;
      stranger.send(message(id, change), suite.server.sipPort);
      const answer = await answerTo(id);
      assert.match(answer, new RegExp(`^SIP/2\\.0 ${status} `), answer);
    });
  }

  it('drops what cannot be answered, whatever its size', async () => {
    const nothing: readonly (string | Buffer)[] = [
      '',
      '\0'.repeat(100),
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      message('novia', (text) => text.replace(/Via: .*\n/, '')),
      message('torn').slice(0, 30),
      'SIP/2.0 200 OK\r\nCall-ID: nobody\r\n\r\n',
      Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) % 256)),
      'A'.repeat(65_000),
      `OPTIONS sip:${'a'.repeat(60_000)}@x SIP/2.0\r\n\r\n`,
    ];
    for (const datagram of nothing) stranger.send(datagram, suite.server.sipPort);
    await isAlive('after-nothing');
    assert.equal(stranger.answers.length, 1, stranger.answers.join('\n'));
  });

  it('takes or refuses, but survives, messages as long as a datagram can be', async () => {
    const long: readonly [string, (text: string) => string][] = [
      ['longheader', (text) => text.replace('To: ', `Subject: ${'s'.repeat(60_000)}\nTo: `)],
      ['longbody', (text) => `${text.replace('Length: 0', 'Length: 60000')}${'b'.repeat(60_000)}`],
      ['manyheaders', (text) => text.replace('To: ', `${'X: y\n'.repeat(9_000)}To: `)],
      ['manyvias', (text) => text.replace('Max', `${`Via: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bKx\n`.repeat(900)}Max`)],
      ['folded', (text) => text.replace('To: ', `Subject: a\n${' b\n'.repeat(9_000)}To: `)],
    ];
    for (const [id, change] of long) {
      stranger.send(message(id, change), suite.server.sipPort);
      await isAlive(`after-${id}`);
    }
  });

  it('closes a TCP connection that sends no SIP or too much of it', async () => {
    for (const octets of [
      'GET / HTTP/1.1\r\n\r\n'.repeat(50),
      'A'.repeat(200_000),
      `${message('tcp').replace('Length: 0', 'Length: 99999999')}${'b'.repeat(200_000)}`,
    ]) {
      const socket = connect(suite.server.sipPort, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(octets);
      await Promise.race([
        once(socket, 'close'),
        sleep(15_000).then(() => assert.fail(`still open after ${octets.slice(0, 20)}`)),
      ]);
    }
    await isAlive('after-tcp');
  });

  it('refuses a call whose description cannot be read', async () => {
    for (const [id, body] of [
      ['nosdp', 'this is no session description'],
      ['noaudio', 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\n'],
    ] as const) {
      const text = message(id, (options) =>
        options
          .replaceAll('OPTIONS', 'INVITE')
          .replace('sip:127.0.0.1 SIP', `sip:+${NUMBER}@127.0.0.1 SIP`)
          .replace(
            'Content-Length: 0\n',
            `Contact: <sip:stranger@${STRANGER}:${stranger.port}>\nContent-Type: application/sdp\nContent-Length: ${body.length}\n`,
          ),
      );
      stranger.send(text + body, suite.server.sipPort);
      const final = await eventually(`refusal of ${id}`, () =>
        stranger.answers.find((answer) => headerOf(answer, 'Call-ID') === id && /^SIP\/2\.0 [3-6]/.test(answer)),
      );
      assert.match(final, /^SIP\/2\.0 (400|488) /);
    }
  });

  it('limits one address that floods, while calls of others work', async () => {
    const flooder = await Stranger.open(FLOODER);
    let sent = 0;
    const flood = (async () => {
      const began = performance.now();
      while (performance.now() - began < FLOOD_MS) {
        while (sent < ((performance.now() - began) * FLOOD_PER_SECOND) / 1000) {
          const text = message(
            `flood${sent++}`,
            (options) => options.replaceAll('OPTIONS', 'INVITE').replace('sip:127.0.0.1 SIP', 'sip:+19995550000@127.0.0.1 SIP'),
            flooder,
          );
          flooder.send(text.replaceAll(STRANGER, FLOODER), suite.server.sipPort);
        }
        await sleep(5);
      }
    })();
    await sleep(300);
    await callWorks();
    await flood;
    const served = new Set(flooder.answers.map((answer) => headerOf(answer, 'Call-ID'))).size;
    flooder.close();
    assert.ok(sent > 10_000, `${sent} sent`);
    assert.ok(served > 100 && served < sent / 2, `${served} of ${sent} were answered`);
    assert.equal((await fetch(`${suite.server.url}/healthz`)).status, 200);
  });

  it('has calls after all of this', async () => {
    const before = calls;
    await callWorks();
    assert.equal(calls, before + 1);
    assert.doesNotMatch(await suite.server.logText(), /"level":(50|60)|uncaught/i);
  });
});
