import type { Call } from './call.ts';
import type { CallFlow } from './call-flow.ts';
import { type CallPlace, CallPlaces } from './call-places.ts';

export interface LiveCall {
  readonly call: Call;
  /** The document it runs; undefined for a leg that a Dial made and nobody has transferred. */
  flow: CallFlow | undefined;
}

/** The calls of this node that have not ended. */
export class LiveCalls {
  /** What of their limits accounts have taken. */
  readonly places = new CallPlaces();
  readonly #calls = new Map<string, LiveCall>();

  get size(): number {
    return this.#calls.size;
  }

  /** It leaves by itself when it has ended. `place`: what it counts for; a call that is refused counts for nothing. */
  add(call: Call, place?: CallPlace | undefined): LiveCall {
    place?.holdFor(call);
    const live: LiveCall = { call, flow: undefined };
    this.#calls.set(call.id, live);
    void call.ended.then(() => this.#calls.delete(call.id));
    return live;
  }

  find(callId: string): LiveCall | undefined {
    const live = this.#calls.get(callId);
    return live?.call.facts.ended ? undefined : live;
  }

  [Symbol.iterator](): Iterator<LiveCall> {
    return this.#calls.values();
  }

  /** The call whose Dial is connected with this one: mostly the one that has dialled it, after a transfer any. */
  dialledBy(call: Call): LiveCall | undefined {
    const parentId = call.facts.parentCallId;
    const parent = parentId === undefined ? undefined : this.find(parentId);
    if (parent?.flow?.dial?.connected === call) return parent;
    for (const live of this.#calls.values()) if (live.flow?.dial?.connected === call) return live;
    return undefined;
  }
}
