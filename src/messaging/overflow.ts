interface Waiting {
  /** Messages of the account that are being stored for the table. */
  storing: number;
  /** Grows with each of them, so that a look into the table knows whether it can have missed one. */
  generation: number;
}

/**
 * Accounts that have messages waiting in the table: later ones queue behind them there, or they would overtake. An account leaves
 * when a look into the table has found the rest of its messages and none has been on its way there meanwhile.
 */
export class Overflow {
  readonly #accounts = new Map<string, Waiting>();

  get size(): number {
    return this.#accounts.size;
  }

  get accounts(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  has(account: string): boolean {
    return this.#accounts.has(account);
  }

  /** Messages of the account have been found in the table. */
  add(account: string): void {
    this.#waiting(account);
  }

  /** A message of the account is about to be stored for the table; `stored` must follow. */
  storing(account: string): void {
    const waiting = this.#waiting(account);
    waiting.storing++;
    waiting.generation++;
  }

  stored(account: string): void {
    const waiting = this.#accounts.get(account);
    if (waiting) waiting.storing--;
  }

  /** Take it before a look into the table, and give it to `emptied` when that found nothing more. */
  mark(account: string): number {
    const waiting = this.#accounts.get(account);
    return waiting && waiting.storing === 0 ? waiting.generation : Number.NaN;
  }

  emptied(account: string, mark: number): void {
    if (this.#accounts.get(account)?.generation === mark) this.#accounts.delete(account);
  }

  #waiting(account: string): Waiting {
    let waiting = this.#accounts.get(account);
    if (!waiting) {
      waiting = { storing: 0, generation: 0 };
      this.#accounts.set(account, waiting);
    }
    return waiting;
  }
}
