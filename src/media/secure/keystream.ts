import { type Cipheriv, createCipheriv } from 'node:crypto';
import { MAX_RTP_BYTES, readUint32, writeUint32 } from '../rtp/rtp-packet.ts';

const BLOCK_BYTES = 16;
const MAX_BLOCKS = Math.ceil(MAX_RTP_BYTES / BLOCK_BYTES);

/**
 * AES in counter mode as SRTP uses it (RFC 3711 §4.1.1). The counters of a packet are encrypted by one cipher that lives as long as the
 * key: one for each packet, as counter mode of the library would need, costs four times as much.
 */
export class Keystream {
  readonly #cipher: Cipheriv;
  readonly #salt: Uint8Array;
  readonly #counters = Buffer.alloc(MAX_BLOCKS * BLOCK_BYTES);
  /** The first blocks of `#counters`: as many as the packet before needed, and mostly this one. */
  #used = this.#counters.subarray(0, 0);

  /** @param salt 14 octets */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
    this.#cipher.setAutoPadding(false);
    this.#salt = Uint8Array.from([...salt, 0, 0]);
  }

  /**
   * Encrypts or decrypts octets of a packet in place. `high` and `low`: the packet's index above its lowest 16 bits, and those.
   * A packet of a stream never has the index of another one.
   */
  apply(packet: Uint8Array, from: number, to: number, ssrc: number, high: number, low: number): void {
    const blocks = Math.ceil((to - from) / BLOCK_BYTES);
    if (blocks <= 0) return;
    const salt = this.#salt;
    const counters = this.#counters;
    const first = readUint32(salt, 0);
    const second = readUint32(salt, 4) ^ ssrc;
    const third = readUint32(salt, 8) ^ high;
    const fourth = readUint32(salt, 12) ^ (low << 16);
    for (let block = 0; block < blocks; block++) {
      const at = block * BLOCK_BYTES;
      writeUint32(counters, at, first);
      writeUint32(counters, at + 4, second);
      writeUint32(counters, at + 8, third);
      writeUint32(counters, at + 12, fourth | block);
    }
    if (this.#used.length !== blocks * BLOCK_BYTES) this.#used = counters.subarray(0, blocks * BLOCK_BYTES);
    const stream = this.#cipher.update(this.#used);
    for (let at = from, next = 0; at < to; at++, next++) packet[at] = (packet[at] ?? 0) ^ (stream[next] ?? 0);
  }
}
