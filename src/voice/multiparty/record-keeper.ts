import type { Clock } from '../../runtime/clock.ts';
import type { MultiPartyNotification } from './multiparty-notification.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';
import type { StatusCallback } from './multiparty-teller.ts';

/** What storage holds of a multiparty call beside what lists show. */
export interface KeptMultiParty {
  readonly record: MultiPartyRecord;
  readonly statusCallback: StatusCallback | undefined;
  readonly sequence: number;
  readonly rateMicros: number;
}

/** Where multiparty calls and their participants are kept. */
export interface MultiPartyRecords {
  /** Stores them as they are now, whether they were known or not. A closed one stays as it is. */
  save(kept: KeptMultiParty, participants: readonly ParticipantRecord[]): Promise<void>;
  /** The same for the last time, with its charge and the notification of its end. False when it was closed before. */
  close(
    kept: KeptMultiParty,
    participants: readonly ParticipantRecord[],
    told: MultiPartyNotification | undefined,
  ): Promise<boolean>;
}

/** A database that restarts is back by then; what is not written is closed at the next start. */
const TRIES = 60;
const AGAIN_MS = 500;

/** Keeps the record of one multiparty call: one write at a time, each with all that is new. */
export class RecordKeeper {
  readonly #records: MultiPartyRecords;
  readonly #clock: Clock;
  readonly #now: () => KeptMultiParty;
  readonly #lost: (reason: string) => void;
  /** Those with news, by id; no more than took part since the last write. */
  #news = new Map<string, ParticipantRecord>();
  #isNew = false;
  #closing: { readonly told: MultiPartyNotification | undefined } | undefined;
  #writing: Promise<void> | undefined;

  constructor(records: MultiPartyRecords, clock: Clock, now: () => KeptMultiParty, lost: (reason: string) => void) {
    this.#records = records;
    this.#clock = clock;
    this.#now = now;
    this.#lost = lost;
  }

  changed(participant?: ParticipantRecord): void {
    if (participant) this.#news.set(participant.memberId, participant);
    this.#isNew = true;
    this.#write();
  }

  /** It has ended: nothing changes any more. */
  close(told: MultiPartyNotification | undefined): void {
    this.#closing = { told };
    this.#isNew = true;
    this.#write();
  }

  /** Resolves when everything that was new is stored, or given up. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #write(): void {
    this.#writing ??= this.#run().finally(() => {
      this.#writing = undefined;
      if (this.#isNew) this.#write();
    });
  }

  async #run(): Promise<void> {
    // What else happens at this moment goes into the same write.
    await Promise.resolve();
    while (this.#isNew) {
      this.#isNew = false;
      const closing = this.#closing;
      const kept = this.#now();
      // It has ended and what was told before is still being written: all of it goes into the write that closes it.
      if (kept.record.state === 'ended' && !closing) return;
      const news = [...this.#news.values()];
      this.#news = new Map();
      await this.#persistently(async () => {
        if (closing) await this.#records.close(kept, news, closing.told);
        else await this.#records.save(kept, news);
      });
    }
  }

  async #persistently(write: () => Promise<void>): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await write();
      } catch (error) {
        if (tried === TRIES) return this.#lost(String(error));
      }
      await this.#clock.sleep(AGAIN_MS);
    }
  }
}
