import { isIPv4 } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { DescriptorTable } from './descriptor-table.ts';
import { EPOLL_EVENT, type KernelCalls } from './kernel-calls.ts';
import type { DatagramSource, RtpSocket, RtpSockets } from './rtp-socket.ts';

const AF_INET = 2;
const SOCK_DGRAM = 2;
/** No child process gets them. */
const SOCK_CLOEXEC = 0o2000000;
const EPOLL_CLOEXEC = SOCK_CLOEXEC;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const MSG_DONTWAIT = 0x40;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const ADDRESS_BYTES = 16;
/** Where the poll is in the table of descriptors. */
const POLL_PORT = 0;

/** More than a packet of a network without jumbo frames. A longer datagram is no RTP of ours and is dropped. */
const MAX_DATAGRAM_BYTES = 2_048;
/** Sockets that are reported in one call: those that get a packet in 4 ms when a worker has 1000 calls. */
const EVENTS_A_CALL = 256;
/** Datagrams read of one socket before a slot: as many as libuv reads in a pass, so that a flood holds nobody up. */
const MAX_ROUNDS = 32;

type Receive = (packet: Buffer, from: DatagramSource) => void;

/**
 * IPv4 sockets that are read and written by calls of the C library. Node's own cost half as much again for each packet: they ask the
 * kernel once more whether there is another, and make a buffer of 64 KB, an object and a task of each (decision 41).
 */
export class KernelSockets implements RtpSockets {
  readonly #calls: KernelCalls;
  readonly #descriptors: DescriptorTable;
  readonly #bindAddress: string;
  readonly #poll: number;
  /** By descriptor. */
  readonly #open: (KernelSocket | undefined)[] = [];
  readonly #events = Buffer.alloc(EPOLL_EVENT.bytes * EVENTS_A_CALL);
  /** One for all: a packet is dealt with before the next is read. */
  readonly #packet = Buffer.alloc(MAX_DATAGRAM_BYTES);
  /** The first n octets of it, made when a packet of that length first comes. */
  readonly #packets: (Buffer | undefined)[] = [];
  readonly #from = Buffer.alloc(ADDRESS_BYTES);
  readonly #fromBytes = Buffer.alloc(4);

  /** @throws an error of the system when no descriptor is left */
  constructor(calls: KernelCalls, bindAddress: string, descriptors: DescriptorTable) {
    this.#calls = calls;
    this.#bindAddress = bindAddress;
    this.#descriptors = descriptors;
    this.#poll = calls.epoll_create1(EPOLL_CLOEXEC);
    if (this.#poll < 0) throw this.#failure('epoll_create1');
    descriptors.put(POLL_PORT, this.#poll);
    this.#fromBytes.writeUInt32LE(ADDRESS_BYTES);
  }

  async open(port: number, receiveBytes: number | undefined): Promise<RtpSocket> {
    const descriptor = this.#calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw this.#failure('socket');
    this.#descriptors.put(port, descriptor);
    try {
      this.#prepare(descriptor, port, receiveBytes);
    } catch (error) {
      this.#close(descriptor, port);
      throw error;
    }
    const socket = new KernelSocket(this.#calls, descriptor, () => this.#close(descriptor, port));
    this.#open[descriptor] = socket;
    return socket;
  }

  read(): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      // A socket of which more is waiting is reported again, and one that is empty is not: no call of recvfrom is in vain.
      const ready = this.#calls.epoll_wait(this.#poll, this.#events, EVENTS_A_CALL, 0);
      if (ready <= 0) return;
      for (let index = 0; index < ready; index++) {
        this.#readOne(this.#events.readInt32LE(index * EPOLL_EVENT.bytes + EPOLL_EVENT.descriptorAt));
      }
    }
  }

  #readOne(descriptor: number): void {
    const socket = this.#open[descriptor];
    if (!socket) return;
    const bytes = this.#calls.recvfrom(descriptor, this.#packet, MAX_DATAGRAM_BYTES, MSG_DONTWAIT, this.#from, this.#fromBytes);
    // What the network reports about a datagram (unreachable, ...) is no reason to end: the media timeout is.
    if (bytes < 0 || bytes >= MAX_DATAGRAM_BYTES) return;
    this.#packets[bytes] ??= this.#packet.subarray(0, bytes);
    socket.take(this.#packets[bytes], this.#from);
  }

  #prepare(descriptor: number, port: number, receiveBytes: number | undefined): void {
    if (receiveBytes !== undefined) {
      const value = Buffer.alloc(4);
      value.writeInt32LE(receiveBytes);
      if (this.#calls.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, value, value.length) < 0) throw this.#failure('setsockopt');
    }
    const address = Buffer.alloc(ADDRESS_BYTES);
    writeAddress(address, this.#bindAddress, port);
    if (this.#calls.bind(descriptor, address, ADDRESS_BYTES) < 0) throw this.#failure('bind');
    const event = Buffer.alloc(EPOLL_EVENT.bytes);
    event.writeUInt32LE(EPOLLIN);
    event.writeInt32LE(descriptor, EPOLL_EVENT.descriptorAt);
    if (this.#calls.epoll_ctl(this.#poll, EPOLL_CTL_ADD, descriptor, event) < 0) throw this.#failure('epoll_ctl');
  }

  #close(descriptor: number, port: number): void {
    this.#open[descriptor] = undefined;
    this.#descriptors.forget(port);
    this.#calls.close(descriptor);
  }

  #failure(call: string): Error {
    const code = getSystemErrorName(-this.#calls.errno());
    return Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
  }
}

class KernelSocket implements RtpSocket {
  readonly #calls: KernelCalls;
  readonly #descriptor: number;
  readonly #onClose: () => void;
  #handler: Receive = () => undefined;
  #isClosed = false;
  /** The far end that was sent to last, and its `sockaddr_in`. */
  readonly #to = Buffer.alloc(ADDRESS_BYTES);
  #toAddress = '';
  #toPort = 0;
  /** The far end that was heard last, and the word of its address. */
  #from: DatagramSource = { address: '', port: 0 };
  #fromWord = 0;

  constructor(calls: KernelCalls, descriptor: number, onClose: () => void) {
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.#onClose = onClose;
  }

  onMessage(handler: Receive): void {
    this.#handler = handler;
  }

  /** `from` is a `sockaddr_in`. */
  take(packet: Buffer, from: Buffer): void {
    const port = from.readUInt16BE(2);
    const word = from.readInt32BE(4);
    if (port !== this.#from.port || word !== this.#fromWord) {
      this.#from = { address: `${from[4]}.${from[5]}.${from[6]}.${from[7]}`, port };
      this.#fromWord = word;
    }
    this.#handler(packet, this.#from);
  }

  /** What cannot be sent now is lost, as it is anywhere on the way: an address of another family, a full buffer, no route. */
  send(packet: Buffer, port: number, address: string): void {
    if (this.#isClosed) return;
    if (port !== this.#toPort || address !== this.#toAddress) {
      if (!writeAddress(this.#to, address, port)) return;
      this.#toAddress = address;
      this.#toPort = port;
    }
    this.#calls.sendto(this.#descriptor, packet, packet.length, MSG_DONTWAIT, this.#to, ADDRESS_BYTES);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
  }
}

/** Writes a `sockaddr_in`; false when it is no IPv4 address. */
function writeAddress(into: Buffer, address: string, port: number): boolean {
  if (!isIPv4(address)) return false;
  into.writeUInt16LE(AF_INET);
  into.writeUInt16BE(port, 2);
  into.set(address.split('.').map(Number), 4);
  return true;
}
