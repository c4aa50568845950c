/** Messages sent without pause by several clients, each text with an id of its own, and what the API answered to each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { basic, type Credentials, record } from './api.ts';

export interface Sent {
  readonly id: string;
  readonly uuid: string;
}

export interface LoadOptions {
  readonly clients: number;
  readonly src: string;
  /** Pause of a client after a request that failed, while the server is away. */
  readonly retryMs?: number;
  readonly extra?: Record<string, unknown>;
}

/** Mobile numbers of the United Kingdom: no US sender limits apply. */
const FIRST_DESTINATION = 447_400_000_000;
/** Begins the ids of each load, so that no two loads of a suite have one in common. */
let loads = 0;

export class Load {
  /** Answered with 202: the promise that must be kept. */
  readonly accepted: Sent[] = [];
  /** Answered with anything else, by status. */
  readonly refused = new Map<number, number>();
  /** What the latest refusal of each status said. */
  readonly lastRefusal = new Map<number, string>();
  /** No answer: may or may not arrive. */
  broken = 0;
  readonly #who: Credentials;
  readonly #options: LoadOptions;
  readonly #workers: Promise<void>[] = [];
  #running = true;
  #count = 0;
  readonly #name = (loads++).toString(36);

  constructor(who: Credentials, options: LoadOptions) {
    this.#who = who;
    this.#options = options;
    for (let n = 0; n < options.clients; n++) this.#workers.push(this.#work());
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    const { src, extra, retryMs = 25 } = this.#options;
    while (this.#running) {
      const number = ++this.#count;
      const id = `${this.#name}m${number.toString(36)}e`;
      try {
        const answer = await fetch(`${this.#who.url}/v1/Account/${this.#who.authId}/Message/`, {
          method: 'POST',
          headers: { authorization: basic(this.#who.authId, this.#who.authToken), 'content-type': 'application/json' },
          body: JSON.stringify({ src, dst: String(FIRST_DESTINATION + number), text: id, ...extra }),
          signal: AbortSignal.timeout(15_000),
        });
        const body = record(await answer.json());
        const uuids = body.message_uuid;
        if (answer.status !== 202) this.lastRefusal.set(answer.status, String(body.error));
        if (answer.status === 202) this.accepted.push({ id, uuid: String(Array.isArray(uuids) ? uuids[0] : '') });
        else {
          this.refused.set(answer.status, (this.refused.get(answer.status) ?? 0) + 1);
          await sleep(retryMs);
        }
      } catch {
        this.broken++;
        await sleep(retryMs);
      }
    }
  }
}
