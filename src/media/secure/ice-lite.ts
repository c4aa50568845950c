import type { DatagramSource } from '../rtp/rtp-socket.ts';
import { bindingResponse, isGenuine, readBindingRequest } from './stun.ts';

/** What a side of ICE proves its checks with (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly fragment: string;
  readonly password: string;
}

/** Addresses that have passed a check and may be heard: a browser has a few interfaces, each once before and after a restart. */
const MAX_VALID_ADDRESSES = 8;

/**
 * The lite side of ICE (RFC 8445 §2.5): it has one address that everybody reaches, sends no checks and answers those of the peer. The
 * peer decides which of its addresses are used; what a browser behind a NAT sends from is learnt from its checks.
 */
export class IceLite {
  /** After a restart the old ones serve until the peer has checked with the new ones. */
  #accepted: readonly IceCredentials[];
  readonly #valid = new Map<string, DatagramSource>();
  #selected: DatagramSource | undefined;

  constructor(credentials: IceCredentials) {
    this.#accepted = [credentials];
  }

  /** Where to send: the pair that the peer has nominated, before that the first one that works. */
  get selected(): DatagramSource | undefined {
    return this.#selected;
  }

  restart(credentials: IceCredentials): void {
    this.#accepted = [credentials, ...this.#accepted.slice(0, 1)];
  }

  /** Whether the address has passed a check. */
  isValid({ address, port }: DatagramSource): boolean {
    return this.#valid.has(`${address} ${port}`);
  }

  /** Takes a STUN message; what is to be answered to where it came from, if anything. */
  receive(packet: Buffer, from: DatagramSource): Buffer | undefined {
    const request = readBindingRequest(packet);
    if (request === undefined) return undefined;
    const fragment = request.username.split(':')[0];
    const credentials = this.#accepted.find((known) => known.fragment === fragment);
    if (credentials === undefined || !isGenuine(request, credentials.password)) return undefined;
    this.#validate({ address: from.address, port: from.port }, request.useCandidate);
    return bindingResponse(request.transactionId, from, credentials.password);
  }

  #validate(from: DatagramSource, isNominated: boolean): void {
    const key = `${from.address} ${from.port}`;
    this.#valid.delete(key);
    this.#valid.set(key, from);
    const [oldest] = this.#valid.keys();
    if (this.#valid.size > MAX_VALID_ADDRESSES && oldest !== undefined) this.#valid.delete(oldest);
    if (isNominated || this.#selected === undefined) this.#selected = from;
  }
}
