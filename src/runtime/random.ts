import { randomBytes } from 'node:crypto';

/** Randomness as it is handed in: `systemRandom` draws from the kernel, tests pass a seeded source. */
export interface Random {
  bytes(length: number): Buffer;
  /** Uniform in [0, 1); for jitter, never for secrets. */
  fraction(): number;
}

const POOL_BYTES = 8192; // one kernel call per 512 identifiers of 16 bytes instead of one each

export function createSystemRandom(): Random {
  let pool = Buffer.alloc(0);
  let used = 0;
  return {
    bytes(length) {
      if (length > POOL_BYTES / 2) return randomBytes(length);
      if (used + length > pool.length) {
        pool = randomBytes(POOL_BYTES);
        used = 0;
      }
      const slice = pool.subarray(used, used + length);
      used += length;
      return slice;
    },
    fraction: Math.random,
  };
}
