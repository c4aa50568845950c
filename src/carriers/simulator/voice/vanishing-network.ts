import type { Endpoint, Network, UdpSocket } from '../../../sip/network.ts';

/** Calls that stay invisible; a peer that still speaks of an older one is told that nobody knows it. */
const MOST_HIDDEN = 1_000;
const CALL_ID = /^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)/im;
const INVITED_USER = /^INVITE sips?:([^@\s;>]*)@/;

/**
 * The network of SIP phones that can vanish: over UDP, nothing of a hidden call comes in and nothing of it goes out, as if its phone
 * had lost its battery. To its own stack a hidden call fails to send, so that it lets go of it at once.
 */
export class VanishingNetwork implements Network {
  readonly dns: Network['dns'];
  readonly #network: Network;
  readonly #isDead: (user: string) => boolean;
  readonly #hidden = new Set<string>();

  /** @param isDead whether INVITEs to this user get no reaction at all */
  constructor(network: Network, isDead: (user: string) => boolean = () => false) {
    this.#network = network;
    this.#isDead = isDead;
    this.dns = network.dns;
  }

  hide(callId: string): void {
    this.#hidden.add(callId);
    const [oldest] = this.#hidden;
    if (this.#hidden.size > MOST_HIDDEN && oldest !== undefined) this.#hidden.delete(oldest);
  }

  async bindUdp(host: string, port: number): Promise<UdpSocket> {
    const socket = await this.#network.bindUdp(host, port);
    return {
      local: socket.local,
      send: (data, to, onError) => {
        if (!this.#isHidden(data)) socket.send(data, to, onError);
        else queueMicrotask(() => onError?.(new Error('the phone has vanished')));
      },
      onMessage: (handler) => socket.onMessage((data, from) => this.#receive(data, from, handler)),
      close: () => socket.close(),
    };
  }

  listen: Network['listen'] = (...parameters) => this.#network.listen(...parameters);
  connect: Network['connect'] = (...parameters) => this.#network.connect(...parameters);

  #receive(data: Buffer, from: Endpoint, handler: (data: Buffer, from: Endpoint) => void): void {
    const invited = INVITED_USER.exec(data.toString('latin1', 0, 200))?.[1];
    if (invited !== undefined && this.#isDead(decoded(invited))) return;
    if (!this.#isHidden(data)) handler(data, from);
  }

  #isHidden(data: Buffer): boolean {
    if (this.#hidden.size === 0) return false;
    const callId = CALL_ID.exec(data.toString('latin1'))?.[1];
    return callId !== undefined && this.#hidden.has(callId);
  }
}

const decoded = (user: string): string => user.replace(/%2B/i, '+');
