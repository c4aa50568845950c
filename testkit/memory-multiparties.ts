import type { Found, PageRequest, Reach } from '../src/accounts/reach.ts';
import type { MultiPartyFilter } from '../src/voice/multiparty/multiparty-control.ts';
import type { MultiPartyNotification } from '../src/voice/multiparty/multiparty-notification.ts';
import type { MultiPartyRecord, ParticipantRecord } from '../src/voice/multiparty/multiparty-record.ts';
import type { MultiPartyArchive } from '../src/voice/multiparty/multiparty-store.ts';
import type { KeptMultiParty, MultiPartyRecords } from '../src/voice/multiparty/record-keeper.ts';

/** Records of multiparty calls in memory: as they were written last, and how often each was closed. */
export class MemoryMultiParties implements MultiPartyRecords, MultiPartyArchive {
  readonly kept = new Map<string, KeptMultiParty>();
  readonly stays = new Map<string, ParticipantRecord>();
  readonly closed: string[] = [];
  /** While set, storage takes nothing. */
  fault: string | undefined;
  readonly #tell: (told: MultiPartyNotification) => void;

  constructor(tell: (told: MultiPartyNotification) => void) {
    this.#tell = tell;
  }

  async save(kept: KeptMultiParty, participants: readonly ParticipantRecord[]): Promise<void> {
    if (kept.record.state === 'ended') throw new Error('an ended one is closed, not saved');
    this.#write(kept, participants);
  }

  #write(kept: KeptMultiParty, participants: readonly ParticipantRecord[]): void {
    if (this.fault !== undefined) throw new Error(this.fault);
    if (this.closed.includes(kept.record.id)) return;
    this.kept.set(kept.record.id, kept);
    for (const each of participants) this.stays.set(`${each.multiPartyId} ${each.memberId}`, each);
  }

  async close(
    kept: KeptMultiParty,
    participants: readonly ParticipantRecord[],
    told: MultiPartyNotification | undefined,
  ): Promise<boolean> {
    this.#write(kept, participants);
    if (this.closed.includes(kept.record.id)) return false;
    this.closed.push(kept.record.id);
    if (told) this.#tell(told);
    return true;
  }

  async list(reach: Reach, filter: MultiPartyFilter, page: PageRequest): Promise<Found<MultiPartyRecord>> {
    const found = [...this.kept.values()]
      .map(({ record }) => record)
      .filter((record) => isWithin(record, reach) && (filter.state ?? record.state) === record.state)
      .reverse();
    return { total: found.length, items: found.slice(page.offset, page.offset + page.limit) };
  }

  async find(reach: Reach, id: string): Promise<MultiPartyRecord | undefined> {
    const record = this.kept.get(id)?.record;
    return record && isWithin(record, reach) ? record : undefined;
  }

  async participants(id: string, callId: string | undefined, page: PageRequest): Promise<Found<ParticipantRecord>> {
    const found = [...this.stays.values()].filter((each) => each.multiPartyId === id && (callId ?? each.callId) === each.callId);
    return { total: found.length, items: found.slice(page.offset, page.offset + page.limit) };
  }

  async participant(id: string, memberId: string): Promise<ParticipantRecord | undefined> {
    return this.stays.get(`${id} ${memberId}`);
  }
}

const isWithin = (record: MultiPartyRecord, { accountId, subaccountId }: Reach): boolean =>
  record.accountId === accountId && (subaccountId ?? record.ownerId) === record.ownerId;
