import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/**
 * Identifiers. Messages, calls and requests get UUID version 7 (RFC 9562 §5.7): the first 48 bits are the time in
 * milliseconds, so rows arrive in index order and a time range is an id range (storage partitions by it).
 */
export interface Ids {
  uuid(): string;
  /** UUID of the given wall time, for rows that must sort at another moment than now. */
  uuidAt(ms: number): string;
  /** UUID version 4, 122 random bits: for what is reachable by whoever knows its id, such as media under a public URL. */
  secretUuid(): string;
  /** `MA` or `SA` followed by 18 upper-case letters and digits (account-numbers.md §1). */
  authId(kind: 'MA' | 'SA'): string;
  /** 40 characters of base64 over random lower-case hex, the shape SDK fixtures show. */
  authToken(): string;
  /** Decimal digits without a leading zero: 17 for applications, 14 for carriers. */
  digits(length: number): string;
}

const AUTH_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function createIds(clock: Clock, random: Random): Ids {
  let lastMs = 0;
  let counter = 0;
  const uuidFrom = (ms: number, sequence: number): string => {
    const r = random.bytes(8);
    const time = Math.floor(ms).toString(16).padStart(12, '0');
    const high = (0x7000 | (sequence & 0x0fff)).toString(16);
    const hex = (index: number) => HEX[r[index] ?? 0] ?? '00';
    const variant = HEX[0x80 | ((r[0] ?? 0) & 0x3f)];
    return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${variant}${hex(1)}-${hex(2)}${hex(3)}${hex(4)}${hex(5)}${hex(6)}${hex(7)}`;
  };
  return {
    uuid() {
      const now = clock.now();
      // Within one millisecond the 12 bits after the version count up, so ids of one process sort in the order they were made.
      if (now > lastMs) {
        lastMs = now;
        counter = 0;
      } else if (++counter > 0x0fff) {
        lastMs += 1;
        counter = 0;
      }
      return uuidFrom(lastMs, counter);
    },
    uuidAt: (ms) => uuidFrom(ms, random.bytes(2).readUInt16BE() & 0x0fff),
    secretUuid() {
      const bytes = Buffer.from(random.bytes(16));
      bytes.writeUInt8(0x40 | (bytes.readUInt8(6) & 0x0f), 6);
      bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    authId(kind) {
      let id: string = kind;
      while (id.length < 20) {
        const byte = random.bytes(1)[0] ?? 0;
        if (byte < 252) id += AUTH_ALPHABET[byte % 36]; // 252 = 7 × 36: no letter is likelier than another
      }
      return id;
    },
    authToken: () => Buffer.from(random.bytes(15).toString('hex')).toString('base64'),
    digits(length) {
      let text = '';
      while (text.length < length) {
        const byte = random.bytes(1)[0] ?? 0;
        if (byte < 250 && !(text === '' && byte % 10 === 0)) text += String(byte % 10);
      }
      return text;
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text from outside can be an id at all; storage refuses to compare anything else with one. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Smallest and largest UUID of a millisecond: the bounds of an id range for a time range. */
export const firstUuidOf = (ms: number): string => uuidBound(ms, '000-8000-000000000000');
export const lastUuidOf = (ms: number): string => uuidBound(ms, 'fff-bfff-ffffffffffff');

/** Wall time in the id, milliseconds since the epoch. */
export const timeOfUuid = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

function uuidBound(ms: number, tail: string): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail}`;
}

/**
 * An id that is the same each time it is made for the same key: the time of the key (a UUID version 7), the rest from its hash.
 * What may run twice makes its rows under such ids, and storage takes each once.
 */
export function derivedUuid(key: string, index: number | string): string {
  const hash = createHash('sha256').update(`${key} ${index}`).digest('hex');
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${key.slice(0, 14)}7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
