import type pg from 'pg';
import type { Reach } from '../src/accounts/reach.ts';
import type { CallEnding, OpenCall } from '../src/voice/call-record.ts';
import type { InTransaction, QueueEntry } from '../src/voice/call-store.ts';

/** Open calls in memory, for tests of the engine that are not about storage. */
export class MemoryCallStore {
  readonly open = new Map<string, OpenCall>();
  readonly endings = new Map<string, CallEnding>();
  released: readonly string[] = [];
  /** While set, nothing can be written. */
  fault: string | undefined;
  readonly #client: pg.ClientBase;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  async insertQueued(entries: readonly QueueEntry[]): Promise<readonly string[]> {
    this.#check();
    const fresh = entries.filter(({ call }) => !this.open.has(call.callId) && !this.endings.has(call.callId));
    for (const { call, state, node } of fresh) {
      this.open.set(call.callId, { ...call, state, node, ringingAt: undefined, answeredAt: undefined });
    }
    return fresh.map(({ call }) => call.callId);
  }

  async markDialing(callId: string): Promise<boolean> {
    this.#check();
    const call = this.open.get(callId);
    if (call?.state !== 'queued') return false;
    this.open.set(callId, { ...call, state: 'dialing' });
    return true;
  }

  async accountsWaiting(): Promise<readonly string[]> {
    return [...new Set([...this.open.values()].filter(isLeft).map(({ accountId }) => accountId))];
  }

  async claimQueued(node: string, accountId: string, limit: number): Promise<readonly OpenCall[]> {
    const claimed = [...this.open.values()].filter((call) => isLeft(call) && call.accountId === accountId).slice(0, limit);
    const dialled = claimed.map((call) => ({ ...call, node, state: 'dialing' as const }));
    for (const call of dialled) this.open.set(call.callId, call);
    return dialled;
  }

  async releaseQueued(callIds: readonly string[]): Promise<void> {
    this.released = callIds;
    for (const callId of callIds) {
      const call = this.open.get(callId);
      if (call) this.open.set(callId, { ...call, node: undefined });
    }
  }

  async cancelQueued(callId: string, ending: CallEnding, also?: InTransaction): Promise<boolean> {
    if (this.open.get(callId)?.state !== 'queued') return false;
    this.open.delete(callId);
    this.endings.set(callId, ending);
    const committed = await also?.(this.#client);
    committed?.();
    return true;
  }

  async find(reach: Reach, callId: string): Promise<OpenCall | undefined> {
    const call = this.open.get(callId);
    return call && isWithin(call, reach) ? call : undefined;
  }

  async within(reach: Reach, afterId: string | undefined, limit: number): Promise<readonly OpenCall[]> {
    return [...this.open.values()]
      .filter((call) => isWithin(call, reach) && (afterId === undefined || call.callId > afterId))
      .slice(0, limit);
  }

  #check(): void {
    if (this.fault !== undefined) throw new Error(this.fault);
  }
}

const isLeft = (call: OpenCall): boolean => call.node === undefined && call.state === 'queued';

const isWithin = (call: OpenCall, { accountId, subaccountId }: Reach): boolean =>
  call.accountId === accountId && (subaccountId === undefined || call.ownerId === subaccountId);
