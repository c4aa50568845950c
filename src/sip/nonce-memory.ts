/** Nonces in use at a time: registrations and calls of some 100,000 endpoints within a nonce's life. About 10 MB when full. */
const MAX_NONCES = 65_536;

interface UsedNonce {
  readonly issuedAt: number;
  highestCount: number;
}

/**
 * Which nonce counts have been used, in bounded space (RFC 7616 §5.9 replay). When the memory is full the nonce that was used first
 * is forgotten, and with it every nonce as old or older that is not remembered is refused.
 */
export class NonceMemory {
  readonly #lifetimeMs: number;
  readonly #capacity: number;
  /** In the order of first use. */
  readonly #used = new Map<string, UsedNonce>();
  /** Nonces issued up to here and not remembered may have been used. */
  #forgottenUntil = -1;

  constructor(lifetimeMs: number, capacity = MAX_NONCES) {
    this.#lifetimeMs = lifetimeMs;
    this.#capacity = capacity;
  }

  /** Notes a use of a nonce; false if it was used with this count or a higher one, or can have been. Times in milliseconds. */
  use(nonce: string, issuedAt: number, count: number, now: number): boolean {
    const known = this.#used.get(nonce);
    if (known) {
      if (count <= known.highestCount) return false;
      known.highestCount = count;
      return true;
    }
    if (issuedAt <= this.#forgottenUntil) return false;
    this.#makeRoom(now);
    this.#used.set(nonce, { issuedAt, highestCount: count });
    return true;
  }

  #makeRoom(now: number): void {
    for (const [nonce, { issuedAt }] of this.#used) {
      const expired = issuedAt + this.#lifetimeMs <= now;
      if (!expired && this.#used.size < this.#capacity) return;
      this.#used.delete(nonce);
      if (!expired) this.#forgottenUntil = Math.max(this.#forgottenUntil, issuedAt);
    }
  }
}
