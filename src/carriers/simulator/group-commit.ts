/**
 * Turns many single writes into few large ones: what is added while a write is under way forms the next one. No timer and no added
 * wait; under load the batches grow by themselves.
 */
export class GroupCommit<Item> {
  readonly #write: (items: readonly Item[]) => Promise<void>;
  readonly #maxBatch: number;
  #open: { items: Item[]; done: PromiseWithResolvers<void> }[] = [];
  #running = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(maxBatch: number, write: (items: readonly Item[]) => Promise<void>) {
    this.#maxBatch = maxBatch;
    this.#write = write;
  }

  /** Resolves when the item is written, rejects with the error of its batch. What waits is bounded by the callers, who wait for it. */
  add(item: Item): Promise<void> {
    let batch = this.#open.at(-1);
    if (!batch || batch.items.length >= this.#maxBatch) {
      batch = { items: [], done: Promise.withResolvers<void>() };
      this.#open.push(batch);
    }
    batch.items.push(item);
    if (!this.#running) {
      this.#running = true;
      // The rest of this turn of the event loop joins the first batch.
      setImmediate(() => void this.#run());
    }
    return batch.done.promise;
  }

  /** Resolves when nothing is waiting or being written. */
  async drained(): Promise<void> {
    if (!this.#running) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  async #run(): Promise<void> {
    for (let batch = this.#open.shift(); batch; batch = this.#open.shift()) {
      try {
        await this.#write(batch.items);
        batch.done.resolve();
      } catch (error) {
        batch.done.reject(error);
      }
    }
    this.#running = false;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
