import type { MultiPartyNotification } from '../src/voice/multiparty/multiparty-notification.ts';
import type { ParticipantRecord } from '../src/voice/multiparty/multiparty-record.ts';
import type { KeptMultiParty, MultiPartyRecords } from '../src/voice/multiparty/record-keeper.ts';

/** Records of multiparty calls in memory: as they were written last, and how often each was closed. */
export class MemoryMultiParties implements MultiPartyRecords {
  readonly kept = new Map<string, KeptMultiParty>();
  readonly participants = new Map<string, ParticipantRecord>();
  readonly closed: string[] = [];
  /** While set, storage takes nothing. */
  fault: string | undefined;
  readonly #tell: (told: MultiPartyNotification) => void;

  constructor(tell: (told: MultiPartyNotification) => void) {
    this.#tell = tell;
  }

  async save(kept: KeptMultiParty, participants: readonly ParticipantRecord[]): Promise<void> {
    if (this.fault !== undefined) throw new Error(this.fault);
    if (this.closed.includes(kept.record.id)) return;
    this.kept.set(kept.record.id, kept);
    for (const each of participants) this.participants.set(`${each.multiPartyId} ${each.memberId}`, each);
  }

  async close(
    kept: KeptMultiParty,
    participants: readonly ParticipantRecord[],
    told: MultiPartyNotification | undefined,
  ): Promise<boolean> {
    await this.save(kept, participants);
    if (this.closed.includes(kept.record.id)) return false;
    this.closed.push(kept.record.id);
    if (told) this.#tell(told);
    return true;
  }
}
