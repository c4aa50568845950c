import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/** What `ringdown apply` says to every node when it has committed. */
const CONFIGURATION_CHANNEL = 'ringdown_config';
/** A killed process's connection is closed by the kernel at once; a statement under way there may take a moment to notice. */
const LOCK_TRIES = 50;
const LOCK_RETRY_MS = 200;
/** A connection that broke is replaced after this. */
const RECONNECT_MS = 2_000;

/**
 * The one connection that a node keeps open for itself: it holds the lock on the node's name, so that one process runs under
 * it, and hears what other processes announce.
 */
export class NodeConnection {
  readonly #databaseUrl: string;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #client: pg.Client | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #onConfiguration: () => void = () => undefined;

  constructor(databaseUrl: string, node: string, clock: Clock, log: Log) {
    this.#databaseUrl = databaseUrl;
    this.#key = createHash('sha256').update(`ringdown node ${node}`).digest().readBigInt64BE().toString();
    this.#clock = clock;
    this.#log = log;
  }

  /** Connects and takes the name. Throws when another process has it. */
  async open(): Promise<void> {
    for (let tries = 0; tries < LOCK_TRIES; tries++) {
      if (await this.#connect()) return;
      await this.#clock.sleep(LOCK_RETRY_MS);
    }
    throw new Error('Another Ringdown runs on this data directory. Stop it, or choose another RINGDOWN_DATA_DIR.');
  }

  /** Called when somebody has applied a configuration, and after a lost connection, because one may have been missed. */
  onConfiguration(listener: () => void): void {
    this.#onConfiguration = listener;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#client?.end().catch(() => undefined);
  }

  /** True when the connection is there and has the lock. */
  async #connect(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.#databaseUrl });
    client.on('error', () => undefined); // `end` follows
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [this.#key]);
    if (!rows[0]?.locked) {
      await client.end();
      return false;
    }
    client.on('notification', () => this.#onConfiguration());
    client.on('end', () => this.#reconnectLater());
    await client.query(`listen ${CONFIGURATION_CHANNEL}`);
    this.#client = client;
    return true;
  }

  #reconnectLater(): void {
    if (this.#stopped || this.#cancel) return;
    this.#cancel = this.#clock.after(RECONNECT_MS, () => {
      this.#cancel = undefined;
      this.#connect().then(
        (connected) => {
          if (connected) this.#onConfiguration();
          else this.#log.error('another process has taken the name of this node; two nodes must not share a data directory');
          if (!connected) this.#reconnectLater();
        },
        () => this.#reconnectLater(),
      );
    });
  }
}
