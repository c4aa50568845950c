import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Random } from '../src/runtime/random.ts';
import type { SipMessage, SipRequest, SipResponse } from '../src/sip/message.ts';
import type { UdpSocket } from '../src/sip/network.ts';
import { parseMessage } from '../src/sip/parser.ts';
import { createSipStack, type SipStack, type SipStackOptions } from '../src/sip/sip-stack.ts';
import type { ListenAddress } from '../src/sip/transports/transport-layer.ts';
import { VirtualClock } from './virtual-clock.ts';
import { seededFraction, VirtualNetwork } from './virtual-network.ts';

/** A random source that a run can be repeated with. */
export function seededRandom(seed: number): Random {
  const fraction = seededFraction(seed);
  return { fraction, bytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(fraction() * 256))) };
}

export const OFFER = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
export const ANSWER = 'v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n';

/** UDP, TCP, and TLS one port above: the virtual network has connections that nobody can listen to anyway. */
export const listenOn = (host: string): readonly ListenAddress[] => [
  { transport: 'udp', host, port: 5060 },
  { transport: 'tcp', host, port: 5060 },
  { transport: 'tls', host, port: 5061, tls: { key: '', cert: '' } },
];

/** Stacks and raw peers on one virtual network. */
export class SipRig {
  readonly clock = new VirtualClock();
  readonly network: VirtualNetwork;
  /** What callbacks threw. */
  readonly errors: unknown[] = [];
  readonly #stacks: SipStack[] = [];
  #seed: number;

  constructor(seed = 1) {
    this.#seed = seed;
    this.network = new VirtualNetwork(this.clock, seed);
  }

  /** A started stack on UDP and TCP port 5060 of the address. */
  async stack(address: string, options: Partial<SipStackOptions> = {}): Promise<SipStack> {
    const stack = createSipStack({
      clock: this.clock,
      random: seededRandom(this.#seed++),
      network: this.network.hostNetwork(address),
      listen: [
        { transport: 'udp', host: address, port: 5060 },
        { transport: 'tcp', host: address, port: 5060 },
      ],
      advertise: { host: address },
      userAgent: 'Test',
      onError: (error) => this.errors.push(error),
      ...options,
    });
    await stack.start();
    this.#stacks.push(stack);
    return stack;
  }

  /** A peer whose every message the test writes itself. */
  async peer(address: string, port = 5060): Promise<RawPeer> {
    return new RawPeer(await this.network.hostNetwork(address).bindUdp(address, port));
  }

  /** Everything has ended by itself: transactions, dialogs, timers. Waits out what lingers by the RFC. */
  async assertClean(): Promise<void> {
    await this.clock.advance(70_000);
    for (const stack of this.#stacks) {
      const { connections: _, ...counts } = stack.counts();
      const none = { calls: 0, dialogs: 0, clientTransactions: 0, serverTransactions: 0, resolving: 0 };
      assert.deepEqual({ ...counts, timers: 0 }, { ...none, timers: 0 });
      await this.#stop(stack);
      assert.equal(stack.counts().timers, 0);
    }
    assert.equal(this.clock.pending, 0);
    assert.deepEqual(this.errors, []);
  }

  async #stop(stack: SipStack): Promise<void> {
    const stopped = stack.stop(0);
    await this.clock.advance(5000);
    await stopped;
  }
}

/** A UDP socket that speaks SIP as text. */
export class RawPeer {
  readonly received: SipMessage[] = [];
  readonly #socket: UdpSocket;
  readonly address: string;
  readonly port: number;

  constructor(socket: UdpSocket) {
    this.#socket = socket;
    this.address = socket.local.address;
    this.port = socket.local.port;
    socket.onMessage((data) => this.received.push(parseMessage(data)));
  }

  send(lines: readonly string[], to: string, body = '', port = 5060): void {
    const text = `${[...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
    this.#socket.send(Buffer.from(text), { address: to, port });
  }

  /** A request with the headers that every one has. */
  request(method: string, uri: string, to: string, fields: Readonly<Record<string, string>> = {}, body = ''): void {
    const branch = createHash('md5')
      .update(`${method}${JSON.stringify(fields)}${this.received.length}`)
      .digest('hex');
    const headers: Record<string, string> = {
      Via: `SIP/2.0/UDP ${this.address}:${this.port};branch=z9hG4bK${branch};rport`,
      'Max-Forwards': '70',
      From: `<sip:peer@${this.address}>;tag=peer`,
      To: `<${uri}>`,
      'Call-ID': `call-${this.address}`,
      CSeq: `1 ${method}`,
      Contact: `<sip:peer@${this.address}:${this.port}>`,
      ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
      ...fields,
    };
    const lines = Object.entries(headers).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
    this.send([`${method} ${uri} SIP/2.0`, ...lines], to, body);
  }

  /** Answers a request that has come. */
  respond(request: SipRequest, status: number, fields: Readonly<Record<string, string>> = {}, body = '', tag = 'peertag'): void {
    const to = request.headers.get('To') ?? '';
    const copied = [
      ...request.headers.all('Via').map((value) => `Via: ${value}`),
      `From: ${request.headers.get('From')}`,
      `To: ${to.includes(';tag=') || status === 100 ? to : `${to};tag=${tag}`}`,
      `Call-ID: ${request.headers.get('Call-ID')}`,
      `CSeq: ${request.headers.get('CSeq')}`,
      `Contact: <sip:peer@${this.address}:${this.port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    ];
    const via = /SIP\/2\.0\/UDP ([^:;]+):(\d+)/.exec(request.headers.get('Via') ?? '');
    this.send([`SIP/2.0 ${status} Whatever`, ...copied], via?.[1] ?? '', body, Number(via?.[2] ?? 5060));
  }

  requests(method: string): SipRequest[] {
    return this.received.filter((message) => message.kind === 'request').filter((request) => request.method === method);
  }

  /** Statuses received for a method. */
  statuses(method: string): number[] {
    return this.responses(method).map(({ status }) => status);
  }

  responses(method: string): SipResponse[] {
    const responses = this.received.filter((message) => message.kind === 'response');
    return responses.filter(({ headers }) => headers.get('CSeq')?.endsWith(method));
  }

  /** The only request of the method that has come. */
  only(method: string): SipRequest {
    const [first, ...others] = this.requests(method);
    assert.ok(first && others.length === 0, `one ${method}, not ${others.length + (first ? 1 : 0)}`);
    return first;
  }

  close(): void {
    this.#socket.close();
  }
}
