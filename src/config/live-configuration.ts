import type { Log } from '../runtime/log.ts';
import type { ConfigStore, Configuration } from './config-store.ts';

/** Keeps a node at the configuration of its database: loads it at start, and again whenever somebody applies another. */
export class LiveConfiguration {
  readonly #store: ConfigStore;
  readonly #log: Log;
  readonly #use: (configuration: Configuration) => void;
  #loading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(store: ConfigStore, log: Log, use: (configuration: Configuration) => void) {
    this.#store = store;
    this.#log = log;
    this.#use = use;
  }

  /** Loads the configuration; rejects when it cannot be used. */
  async start(): Promise<void> {
    this.#use(await this.#store.load());
  }

  /** Loads it again: one after the other, so the last one applied is the last one used. One that cannot be used changes nothing. */
  reload(): void {
    this.#loading = this.#loading.then(async () => {
      if (this.#stopped) return;
      try {
        this.#use(await this.#store.load());
      } catch (error) {
        this.#log.error({ err: error }, 'the new configuration cannot be used, the old one stays in force');
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loading;
  }
}
