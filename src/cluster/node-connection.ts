import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { DatabaseSockets } from '../storage/database-sockets.ts';

/** What `ringdown apply` says to every node when it has committed. */
const CONFIGURATION_CHANNEL = 'ringdown_config';
/** A killed process's connection is closed by the kernel at once; a statement under way there may take a moment to notice. */
const LOCK_TRIES = 50;
const LOCK_RETRY_MS = 200;
/** A connection that broke is replaced after this. */
const RECONNECT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Its statements take no time; one that is not answered means that the connection is dead. */
const QUERY_TIMEOUT_MS = 10_000;
/** Nothing is sent here for hours: that the other end is gone is found out by probes. */
const KEEP_ALIVE_MS = 30_000;
/** Parting takes a moment; a database that says nothing is not waited for. */
const CLOSE_MS = 1_000;

/**
 * The one connection that a node keeps open for itself: it holds the lock on the node's name, so that one process runs under
 * it, and hears what other processes announce.
 */
export class NodeConnection {
  readonly #databaseUrl: string;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Also of a connection that is being made: it must not outlive `close`. */
  readonly #sockets = new DatabaseSockets();
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
    const late = this.#clock.after(CLOSE_MS, () => this.#sockets.destroy());
    await this.#client?.end().catch(() => undefined);
    late();
    this.#sockets.destroy();
  }

  /** True when the connection is there and has the lock. */
  async #connect(): Promise<boolean> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: this.#sockets.create,
    });
    client.on('error', () => undefined); // `end` follows
    try {
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
    } catch (error) {
      void client.end().catch(() => undefined); // one that did not answer is still open
      throw error;
    }
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
