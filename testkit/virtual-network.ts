import type {
  Dns,
  Endpoint,
  Listener,
  NaptrRecord,
  Network,
  SrvRecord,
  StreamConnection,
  UdpSocket,
} from '../src/sip/network.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What the wire does to datagrams. Streams keep their order and lose nothing, but take the same delay. */
export interface Weather {
  /** Milliseconds one way. */
  delayMs: number;
  /** 0-1: share of datagrams lost. */
  loss: number;
  /** 0-1: share of datagrams that arrive twice. */
  duplication: number;
  /** 0-1: share of datagrams held back by up to `reorderMs`, so that later ones overtake them. */
  reordering: number;
  reorderMs: number;
}

const FAIR: Weather = { delayMs: 5, loss: 0, duplication: 0, reordering: 0, reorderMs: 50 };
const FIRST_FREE_PORT = 40_000;

/** A seeded source of fractions (mulberry32), so that a run with losses can be repeated. */
export function seededFraction(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Scripted name service; a name listed in `failing` cannot be asked at all. */
export class VirtualDns implements Dns {
  readonly addresses = new Map<string, string[]>();
  readonly addresses6 = new Map<string, string[]>();
  readonly srvRecords = new Map<string, SrvRecord[]>();
  readonly naptrRecords = new Map<string, NaptrRecord[]>();
  readonly failing = new Set<string>();
  /** Every question asked, as `TYPE name`. */
  readonly asked: string[] = [];

  a = (host: string) => this.#answer('A', host, this.addresses);
  aaaa = (host: string) => this.#answer('AAAA', host, this.addresses6);
  srv = (name: string) => this.#answer('SRV', name, this.srvRecords);
  naptr = (name: string) => this.#answer('NAPTR', name, this.naptrRecords);

  async #answer<T>(type: string, name: string, records: ReadonlyMap<string, T[]>): Promise<T[]> {
    this.asked.push(`${type} ${name}`);
    if (this.failing.has(name)) throw new Error(`no name server answers for ${name}`);
    return records.get(name) ?? [];
  }
}

interface Datagram {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly data: Buffer;
}

/** An internet in memory, driven by the virtual clock: every host is one `hostNetwork(address)`. */
export class VirtualNetwork {
  readonly weather: Weather = { ...FAIR };
  readonly dns = new VirtualDns();
  /** Datagrams as sent, for assertions; kept only while `recording` is on. */
  readonly sent: Datagram[] = [];
  recording = false;
  /** Return false to lose the datagram: for scripted losses. */
  filter: (datagram: Datagram) => boolean = () => true;
  readonly #clock: VirtualClock;
  readonly #fraction: () => number;
  readonly #udp = new Map<string, (data: Buffer, from: Endpoint) => void>();
  readonly #listeners = new Map<string, (connection: StreamConnection) => void>();
  readonly #nats = new Map<string, string>();
  readonly #natPorts = new Map<string, Endpoint>();
  readonly #natBindings = new Map<string, Endpoint>();
  readonly #cut = new Set<string>();
  #nextPort = FIRST_FREE_PORT;
  #openStreams = 0;

  constructor(clock: VirtualClock, seed = 1) {
    this.#clock = clock;
    this.#fraction = seededFraction(seed);
  }

  /** Sockets and connections that are open: 0 at the end of a test without leaks. */
  get open(): number {
    return this.#udp.size + this.#listeners.size + this.#openStreams;
  }

  /** Nothing passes between the two hosts until `heal`. */
  partition(a: string, b: string): void {
    this.#cut.add(`${a} ${b}`).add(`${b} ${a}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** What `inside` sends appears to come from `outside`, with a port of its own; answers to that port find back. */
  nat(inside: string, outside: string): void {
    this.#nats.set(inside, outside);
  }

  hostNetwork(address: string): Network {
    return {
      dns: this.dns,
      bindUdp: async (_host, port) => this.#bind(address, port),
      listen: async (_host, port, onConnection) => this.#listen(address, port, onConnection),
      connect: (to, { timeoutMs }) => this.#connect(address, to, timeoutMs),
    };
  }

  #bind(address: string, port: number): UdpSocket {
    const local = { address, port: port || this.#nextPort++ };
    const key = keyOf(local);
    if (this.#udp.has(key)) throw new Error(`${key} is in use`);
    this.#udp.set(key, () => {});
    return {
      local,
      send: (data, to) => this.#send({ from: local, to, data }),
      onMessage: (handler) => this.#udp.set(key, handler),
      close: () => this.#udp.delete(key),
    };
  }

  #send(datagram: Datagram): void {
    if (this.recording) this.sent.push(datagram);
    const target = this.#natBindings.get(keyOf(datagram.to)) ?? datagram.to;
    if (this.#cut.has(`${datagram.from.address} ${target.address}`) || !this.filter(datagram)) return;
    if (this.#fraction() < this.weather.loss) return;
    const from = this.#translated(datagram.from);
    const data = Buffer.from(datagram.data);
    const copies = this.#fraction() < this.weather.duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const held = this.#fraction() < this.weather.reordering ? this.#fraction() * this.weather.reorderMs : 0;
      this.#clock.after(this.weather.delayMs + held, () => this.#udp.get(keyOf(target))?.(data, from));
    }
  }

  #translated(from: Endpoint): Endpoint {
    const outside = this.#nats.get(from.address);
    if (outside === undefined) return from;
    const key = keyOf(from);
    const known = this.#natPorts.get(key);
    if (known) return known;
    const mapped = { address: outside, port: this.#nextPort++ };
    this.#natPorts.set(key, mapped);
    this.#natBindings.set(keyOf(mapped), from);
    return mapped;
  }

  #listen(address: string, port: number, onConnection: (connection: StreamConnection) => void): Listener {
    const local = { address, port: port || this.#nextPort++ };
    const key = keyOf(local);
    if (this.#listeners.has(key)) throw new Error(`${key} is in use`);
    this.#listeners.set(key, onConnection);
    return { local, close: () => this.#listeners.delete(key) };
  }

  #connect(address: string, to: Endpoint, timeoutMs: number): Promise<StreamConnection> {
    return new Promise((resolve, reject) => {
      if (this.#cut.has(`${address} ${to.address}`)) {
        this.#clock.after(timeoutMs, () => reject(new Error(`no connection within ${timeoutMs} ms`)));
        return;
      }
      this.#clock.after(2 * this.weather.delayMs, () => {
        const accept = this.#listeners.get(keyOf(to));
        if (accept === undefined) return reject(new Error(`connection refused by ${keyOf(to)}`));
        const local = { address, port: this.#nextPort++ };
        const [near, far] = this.#pair(local, to);
        accept(far);
        resolve(near);
      });
    });
  }

  #pair(client: Endpoint, server: Endpoint): [VirtualStream, VirtualStream] {
    const later = (task: () => void) => {
      this.#clock.after(this.weather.delayMs, task);
    };
    const isCut = () => this.#cut.has(`${client.address} ${server.address}`);
    const onGone = () => this.#openStreams--;
    const near = new VirtualStream(client, server, later, isCut, onGone);
    const far = new VirtualStream(server, this.#translated(client), later, isCut, onGone);
    near.peer = far;
    far.peer = near;
    this.#openStreams += 2;
    return [near, far];
  }
}

class VirtualStream implements StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly bufferedBytes = 0;
  peer: VirtualStream | undefined;
  readonly #later: (task: () => void) => void;
  readonly #isCut: () => boolean;
  readonly #onGone: () => void;
  #onData: (data: Buffer) => void = () => {};
  #onClose: (error?: Error) => void = () => {};
  #closed = false;

  constructor(local: Endpoint, remote: Endpoint, later: (task: () => void) => void, isCut: () => boolean, onGone: () => void) {
    this.local = local;
    this.remote = remote;
    this.#later = later;
    this.#isCut = isCut;
    this.#onGone = onGone;
  }

  write(data: Buffer): void {
    if (this.#closed || this.#isCut()) return;
    const copy = Buffer.from(data);
    this.#later(() => this.peer?.receive(copy));
  }

  receive(data: Buffer): void {
    if (!this.#closed) this.#onData(data);
  }

  onData(handler: (data: Buffer) => void): void {
    this.#onData = handler;
  }

  onClose(handler: (error?: Error) => void): void {
    this.#onClose = handler;
    if (this.#closed) this.#later(() => handler());
  }

  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onGone();
    const onClose = this.#onClose;
    this.#later(() => {
      onClose();
      this.peer?.end();
    });
  }

  destroy(): void {
    this.end();
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
