import pg from 'pg';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { ConfigStore, Configuration } from './config-store.ts';

/** What `ringdown apply` says to every node when it has committed. */
const CHANNEL = 'ringdown_config';
/** A listening connection that broke is replaced after this; what changed meanwhile is read then. */
const RELISTEN_MS = 2_000;

/** Keeps a node at the configuration of its database: loads it at start, and again whenever somebody applies another. */
export class LiveConfiguration {
  readonly #store: ConfigStore;
  readonly #databaseUrl: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #use: (configuration: Configuration) => Promise<void>;
  #client: pg.Client | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #loading: Promise<void> = Promise.resolve();

  constructor(
    store: ConfigStore,
    databaseUrl: string,
    clock: Clock,
    log: Log,
    use: (configuration: Configuration) => Promise<void>,
  ) {
    this.#store = store;
    this.#databaseUrl = databaseUrl;
    this.#clock = clock;
    this.#log = log;
    this.#use = use;
  }

  /** Loads the configuration; rejects when it cannot be used. From then on changes are followed. */
  async start(): Promise<void> {
    await this.#use(await this.#store.load());
    await this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#client?.end().catch(() => undefined);
    await this.#loading;
  }

  async #listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#databaseUrl });
    this.#client = client;
    client.on('error', () => this.#listenAgain());
    client.on('end', () => this.#listenAgain());
    client.on('notification', () => this.#reload());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch {
      this.#listenAgain();
    }
  }

  #listenAgain(): void {
    if (this.#stopped || this.#cancel) return;
    this.#client?.removeAllListeners();
    this.#client?.on('error', () => undefined);
    this.#client?.end().catch(() => undefined);
    this.#cancel = this.#clock.after(RELISTEN_MS, () => {
      this.#cancel = undefined;
      this.#reload();
      void this.#listen();
    });
  }

  /** One load after the other, so the last one applied is the last one used. */
  #reload(): void {
    this.#loading = this.#loading.then(async () => {
      if (this.#stopped) return;
      try {
        await this.#use(await this.#store.load());
      } catch (error) {
        this.#log.error({ err: error }, 'the new configuration cannot be used, the old one stays in force');
      }
    });
  }
}
