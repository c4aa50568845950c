import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Call } from '../call.ts';
import type { CallApplication } from '../call-application.ts';
import { LegGone } from '../leg.ts';
import { AudioStream } from './audio-stream.ts';
import type { CallStreams } from './call-streams.ts';
import type { StreamDialect } from './stream-dialect.ts';
import type { StreamFacts } from './stream-facts.ts';
import type { StreamParty } from './stream-party.ts';
import type { StreamPlan } from './stream-plan.ts';
import type { OpenStreamSocket } from './stream-socket.ts';

/** Where records of streams are kept. */
export interface StreamRecords {
  insert(stream: StreamFacts): Promise<void>;
  update(stream: StreamFacts): Promise<void>;
}

export interface AudioStreamsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly dialect: StreamDialect;
  readonly open: OpenStreamSocket;
  readonly records: StreamRecords;
  readonly notify: CallApplication['notify'];
}

/** The streams of this node that run. */
export class AudioStreams implements CallStreams {
  readonly #options: AudioStreamsOptions;
  /** By call; undefined while the record of a new one is written. */
  readonly #active = new Map<string, AudioStream | undefined>();
  /** Those whose socket or records are not done. */
  readonly #unsettled = new Set<Promise<void>>();

  constructor(options: AudioStreamsOptions) {
    this.#options = options;
  }

  /** The stream of a call that runs now. */
  of(callId: string): AudioStream | undefined {
    return this.#active.get(callId);
  }

  get size(): number {
    return this.#active.size;
  }

  /** @throws LegGone when the call has no audio */
  async start(call: Call, plan: StreamPlan, party?: StreamParty): Promise<AudioStream | undefined> {
    if (this.#active.has(call.id)) return undefined;
    this.#active.set(call.id, undefined);
    let stream: AudioStream | undefined;
    try {
      stream = await this.#open(call, plan, party);
      this.#active.set(call.id, stream);
    } finally {
      if (!stream) this.#active.delete(call.id);
    }
    void stream.ended.then(() => this.#active.delete(call.id));
    const settled = stream.settled();
    this.#unsettled.add(settled);
    void settled.finally(() => this.#unsettled.delete(settled));
    stream.begin();
    return stream;
  }

  /** Resolves when the streams of ended calls have left nothing undone. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  async #open(call: Call, plan: StreamPlan, party: StreamParty | undefined): Promise<AudioStream> {
    const { clock, ids, dialect, open, records, notify } = this.#options;
    const { media } = call;
    if (!media || call.gone.aborted) throw new LegGone('the call has no audio');
    const { callId, accountId, ownerId } = call.facts;
    const identity = { streamId: ids.uuid(), callId, accountId, ownerId, createdAt: clock.now() };
    const stream = new AudioStream(identity, call, party ?? media, plan, {
      clock,
      dialect,
      open,
      changed: (facts) => records.update(facts),
      notify: async (notification) => {
        if (plan.statusCallback) await notify({ ...notification, call: call.facts, target: plan.statusCallback });
      },
    });
    await records.insert(stream.facts);
    return stream;
  }
}
