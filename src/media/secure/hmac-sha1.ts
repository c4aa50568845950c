import { readUint32, writeUint32 } from '../rtp/rtp-packet.ts';

/**
 * HMAC-SHA1 (RFC 2104, RFC 3174) without allocation: that of the library makes two objects with native parts for each packet. The first
 * block of either hash, which is the key's, is hashed once.
 */

const BLOCK_BYTES = 64;
const SHA1_BYTES = 20;
/** The length in bits ends the last block. */
const LENGTH_BYTES = 8;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** One for the thread: no packet is begun before the one before is done. */
const schedule = new Int32Array(80);

export class HmacSha1 {
  /** Of the last `sign`. */
  readonly digest = Buffer.alloc(SHA1_BYTES);
  readonly #inner = new Int32Array(5);
  readonly #outer = new Int32Array(5);
  readonly #state = new Int32Array(5);
  /** What is left of the message behind its whole blocks, with the end that the hash adds: two blocks at most. */
  readonly #tail = new Uint8Array(2 * BLOCK_BYTES);

  /** @param key at most 64 octets */
  constructor(key: Uint8Array) {
    hashPad(this.#inner, key, INNER_PAD);
    hashPad(this.#outer, key, OUTER_PAD);
  }

  /** Of the first `length` octets of `message`, with `suffix` behind them as four octets where there is one. The result is in `digest`. */
  sign(message: Uint8Array, length: number, suffix: number | undefined): void {
    const state = this.#state;
    const tail = this.#tail;
    state.set(this.#inner);
    let at = 0;
    for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) compress(state, message, at);
    let left = 0;
    for (; at < length; at++) tail[left++] = message[at] ?? 0;
    if (suffix !== undefined) {
      writeUint32(tail, left, suffix);
      left += 4;
    }
    this.#finish(left, length + (suffix === undefined ? 0 : 4));
    writeState(state, tail);
    state.set(this.#outer);
    this.#finish(SHA1_BYTES, SHA1_BYTES);
    writeState(state, this.digest);
  }

  /** Hashes what is left in `#tail`, with the end. `bytes`: of the message, the key's block not counted. */
  #finish(left: number, bytes: number): void {
    const tail = this.#tail;
    const end = left + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    tail.fill(0, left, end);
    tail[left] = 0x80;
    // A datagram has no more bits than the lower word holds.
    writeUint32(tail, end - 4, (BLOCK_BYTES + bytes) * 8);
    for (let at = 0; at < end; at += BLOCK_BYTES) compress(this.#state, tail, at);
  }
}

/** Whether `tag` at `at` is how the digest begins; takes the same time wherever they differ. */
export function isTag(digest: Uint8Array, message: Uint8Array, at: number, tagBytes: number): boolean {
  let difference = 0;
  for (let octet = 0; octet < tagBytes; octet++) difference |= (digest[octet] ?? 0) ^ (message[at + octet] ?? 0);
  return difference === 0;
}

function hashPad(state: Int32Array, key: Uint8Array, pad: number): void {
  state.set([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key);
  for (let at = 0; at < BLOCK_BYTES; at++) block[at] = (block[at] ?? 0) ^ pad;
  compress(state, block, 0);
}

function writeState(state: Int32Array, to: Uint8Array): void {
  for (let word = 0; word < 5; word++) writeUint32(to, word * 4, state[word] ?? 0);
}

/** One block of SHA-1 (RFC 3174 §6.1). */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  const words = schedule;
  for (let t = 0; t < 16; t++) words[t] = readUint32(bytes, at + t * 4);
  for (let t = 16; t < 80; t++) {
    const mixed = (words[t - 3] ?? 0) ^ (words[t - 8] ?? 0) ^ (words[t - 14] ?? 0) ^ (words[t - 16] ?? 0);
    words[t] = (mixed << 1) | (mixed >>> 31);
  }
  const h0 = state[0] ?? 0;
  const h1 = state[1] ?? 0;
  const h2 = state[2] ?? 0;
  const h3 = state[3] ?? 0;
  const h4 = state[4] ?? 0;
  let a = h0;
  let b = h1;
  let c = h2;
  let d = h3;
  let e = h4;
  for (let t = 0; t < 80; t++) {
    let f: number;
    if (t < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
    else if (t < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (t < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + f + e + (words[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = h0 + a;
  state[1] = h1 + b;
  state[2] = h2 + c;
  state[3] = h3 + d;
  state[4] = h4 + e;
}
