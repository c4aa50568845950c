import type { Log } from '../../runtime/log.ts';
import { COMPLAINTS_BETWEEN, COMPLAINTS_IN_FULL } from './link-limits.ts';

/** What a link logs of the nonsense that its peer sends: the first ones of a connection, then one in many, so that it cannot fill the log. */
export class Complaints {
  readonly #log: Log;
  readonly #link: string;
  #count = 0;

  constructor(log: Log, link: string) {
    this.#log = log;
    this.#link = link;
  }

  note(what: object, words: string): void {
    this.#count++;
    if (this.#count > COMPLAINTS_IN_FULL && this.#count % COMPLAINTS_BETWEEN !== 0) return;
    this.#log.warn({ link: this.#link, ...what, complaints: this.#count }, words);
  }

  /** A new connection begins. */
  forget(): void {
    this.#count = 0;
  }
}
