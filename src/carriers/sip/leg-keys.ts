import type { Random } from '../../runtime/random.ts';
import { type CryptoLine, type CryptoSuite, MASTER_BYTES, OFFERED_SUITES } from '../../sip/crypto-attribute.ts';
import type { AgreedKeys, LocalKeys } from '../../sip/media-keys.ts';

/**
 * The keys of one leg (RFC 4568): those it offers, and those in force. A peer that keeps its key gets ours again; one that has another
 * gets another, for it may be somebody else now, who would count our packets from the beginning.
 */
export class LegKeys {
  readonly #random: Random;
  #inForce: AgreedKeys | undefined;
  /** Of the offers before anything was agreed on: each suite has a key of its own. */
  #offered: readonly CryptoLine[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get inForce(): AgreedKeys | undefined {
    return this.#inForce;
  }

  /** What an offer or answer is made of. `isOffered`: an offer has keys, too. */
  local(isOffered: boolean): Pick<LocalKeys, 'offered' | 'lineFor'> {
    return { offered: isOffered ? this.#lines() : [], lineFor: (theirs) => this.#lineFor(theirs) };
  }

  /** What has been agreed on now; undefined = audio in clear. */
  agreed(keys: AgreedKeys | undefined): void {
    this.#inForce = keys;
  }

  #lines(): readonly CryptoLine[] {
    if (this.#inForce) return [this.#inForce.own];
    if (this.#offered.length === 0) {
      this.#offered = OFFERED_SUITES.map((suite, index) => ({ tag: index + 1, suite, key: this.#newKey(suite), mkiBytes: 0 }));
    }
    return this.#offered;
  }

  #lineFor({ tag, suite, key }: CryptoLine): CryptoLine {
    const { own, peer } = this.#inForce ?? {};
    const stays = own !== undefined && peer?.key === key && peer.suite === suite;
    return { tag, suite, key: stays ? own.key : this.#newKey(suite), mkiBytes: 0 };
  }

  #newKey(suite: CryptoSuite): string {
    return this.#random.bytes(MASTER_BYTES[suite]).toString('base64');
  }
}
