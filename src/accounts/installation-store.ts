import type pg from 'pg';
import type { Sealing } from '../storage/sealing.ts';

/** Secrets that an installation makes once, sealed in the database so that every node knows them. */
export class InstallationStore {
  readonly #pool: pg.Pool;
  readonly #sealing: Sealing;

  constructor(pool: pg.Pool, sealing: Sealing) {
    this.#pool = pool;
    this.#sealing = sealing;
  }

  /** The stored secret; the first caller's `make` decides it, also among nodes that start together. */
  async secret(name: string, make: () => string): Promise<string> {
    await this.#pool.query('insert into settings (name, value) values ($1, $2) on conflict do nothing', [
      name,
      this.#sealing.seal(make()),
    ]);
    const { rows } = await this.#pool.query<{ value: string }>('select value from settings where name = $1', [name]);
    const sealed = rows[0]?.value;
    if (sealed === undefined) throw new Error(`the setting ${name} is missing`);
    return this.#sealing.unseal(sealed);
  }
}
