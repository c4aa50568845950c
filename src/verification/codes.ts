import { createHmac, timingSafeEqual } from 'node:crypto';

/** Codes of a session are made of the bytes of a hash; 48 bits over at most 10^8 codes leave no code likelier than another by 10^-6. */
const CODE_BYTES = 6;

/**
 * Codes that show a number to be somebody's. None is stored: a code comes out of the instance key and the id of what it belongs to, so
 * that it can be sent again, and is compared by its digest. A database without its instance key tells no code, not even by trying all.
 */
export class VerificationCodes {
  readonly #key: Buffer;

  /** `key`: of this purpose alone. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The same each time for the same id and length. Leading zeros are digits of it. */
  codeOf(id: string, length: number): string {
    const number = this.#hash(`code ${id.toLowerCase()} ${length}`).readUIntBE(0, CODE_BYTES) % 10 ** length;
    return String(number).padStart(length, '0');
  }

  /** What is kept of a code. */
  digest(id: string, code: string): Buffer {
    return this.#hash(`digest ${id.toLowerCase()} ${code.trim()}`);
  }

  #hash(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** Takes as long for digests that differ early as for those that differ late. */
export const sameDigest = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);
