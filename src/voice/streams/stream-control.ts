import { ownerOf, type Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import type { Call } from '../call.ts';
import type { LiveCalls } from '../live-calls.ts';
import type { AudioStreams } from './audio-streams.ts';
import type { StreamPlan } from './stream-plan.ts';
import type { StreamStore } from './stream-store.ts';

/** What API requests ask of streams. Everything takes the scope of the asker: a call of somebody else is not found. */
export interface StreamControl {
  /** Starts a stream on a live call; answers its id. Problems: no such call, no audio yet, a stream runs already. */
  start(scope: Scope, callId: string, plan: StreamPlan): Promise<string>;
  /** Stops one; one that is over already is none to complain about. */
  stop(scope: Scope, callId: string, streamId: string): Promise<void>;
  stopAll(scope: Scope, callId: string): Promise<void>;
}

export interface StreamControlOptions {
  readonly live: LiveCalls;
  readonly streams: AudioStreams;
  readonly records: Pick<StreamStore, 'find'>;
}

export class StreamControlService implements StreamControl {
  readonly #options: StreamControlOptions;

  constructor(options: StreamControlOptions) {
    this.#options = options;
  }

  async start(scope: Scope, callId: string, plan: StreamPlan): Promise<string> {
    const call = this.#live(scope, callId);
    if (!call?.answered) throw call ? invalidParameter('call_uuid', 'the call is not answered yet') : notFound();
    const stream = await this.#options.streams.start(call, plan);
    if (!stream) throw invalidParameter('service_url', 'the call has an active stream already');
    return stream.id;
  }

  async stop(scope: Scope, callId: string, streamId: string): Promise<void> {
    const running = this.#live(scope, callId) && this.#options.streams.of(callId);
    if (running?.id === streamId) {
      running.stop('API request');
      await running.settled();
    } else if (!(await this.#options.records.find(reachOf(scope), callId, streamId))) throw notFound();
  }

  async stopAll(scope: Scope, callId: string): Promise<void> {
    if (!this.#live(scope, callId)) throw notFound();
    const running = this.#options.streams.of(callId);
    running?.stop('API request');
    await running?.settled();
  }

  #live(scope: Scope, callId: string): Call | undefined {
    const call = this.#options.live.find(callId)?.call;
    const facts = call?.facts;
    const isTheirs = facts?.accountId === scope.account.authId && (!scope.subaccount || facts.ownerId === ownerOf(scope));
    return isTheirs ? call : undefined;
  }
}
