import type pg from 'pg';
import type { Scope } from '../accounts/account.ts';
import { reachOf } from '../accounts/reach.ts';
import { notFound } from '../errors/catalogue.ts';
import type { SendService } from '../messaging/send.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { VoiceServices } from '../voice/voice-off.ts';
import { ConferenceNodes } from './conference-node.ts';
import { MultiPartyNodes } from './multi-party-node.ts';
import type { Phlo, PhloNode } from './phlo.ts';
import { PhloDocuments } from './phlo-documents.ts';
import type { PhloLanguage } from './phlo-language.ts';
import { PhloRuns } from './phlo-runs.ts';
import { PhloStore } from './phlo-store.ts';
import { RunStore } from './run-store.ts';
import { TransferStore } from './transfer-store.ts';

export interface PhlosDependencies {
  readonly pool: pg.Pool;
  readonly language: PhloLanguage;
  /** Calls ask for documents here, so they are made later. */
  readonly sending: () => Pick<SendService, 'send'>;
  readonly voice: () => Pick<VoiceServices, 'calls' | 'multiPartyCalls' | 'conferences'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** PHLOs, put together: the stored flows, their runs, the rooms of their runs, and the documents that their calls ask for. */
export class Phlos {
  readonly store: PhloStore;
  readonly language: PhloLanguage;
  readonly runs: PhloRuns;
  readonly documents: PhloDocuments;
  readonly multiPartyNodes: MultiPartyNodes;
  readonly conferenceNodes: ConferenceNodes;
  readonly #runStore: RunStore;

  constructor({ pool, language, sending, voice, clock, log }: PhlosDependencies) {
    const runs = new RunStore(pool);
    const calls = () => voice().calls;
    this.store = new PhloStore(pool);
    this.language = language;
    this.runs = new PhloRuns({ store: runs, language, calls, sending, clock });
    this.documents = new PhloDocuments(runs, language);
    this.multiPartyNodes = new MultiPartyNodes({
      rooms: () => voice().multiPartyCalls,
      calls,
      runs,
      transfers: new TransferStore(pool),
      clock,
      log,
    });
    this.conferenceNodes = new ConferenceNodes({ rooms: () => voice().conferences, runs });
    this.#runStore = runs;
  }

  /** @throws not_found */
  async find(scope: Scope, phloId: string): Promise<Phlo> {
    const phlo = await this.store.find(reachOf(scope), phloId);
    if (!phlo) throw notFound();
    return phlo;
  }

  /** @throws not_found */
  async findNode(
    scope: Scope,
    phloId: string,
    type: string,
    nodeId: string,
  ): Promise<{ readonly phlo: Phlo; readonly node: PhloNode }> {
    const phlo = await this.find(scope, phloId);
    const node = phlo.nodes.find((each) => each.type === type && each.nodeId === nodeId.toLowerCase());
    if (!node) throw notFound();
    return { phlo, node };
  }

  forgetBefore(ms: number): Promise<void> {
    return this.#runStore.forgetBefore(ms);
  }
}
