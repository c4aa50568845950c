import type { Account } from '../accounts/account.ts';
import type { Call } from './call.ts';
import type { Destination } from './destination.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';

/** One call's place among those that its account may have at once. Given back exactly once, however often it is asked for. */
export interface CallPlace {
  /** The call has it from now on, and gives it back with its end. */
  holdFor(call: Call): void;
  /** No call was made of it. */
  giveBack(): void;
}

export type PlaceOrRefusal =
  | { readonly place: CallPlace; readonly refusal?: undefined }
  | { readonly place?: undefined; readonly refusal: HangupCause };

/**
 * How many calls each account has at once, and how many of them go to one destination: those that are dialled, ring or talk
 * (voice-xml.md §10, 5030 and 1020). Limits are said of a main account and shared by its subaccounts. Every call is counted, also of
 * accounts without a limit, because one may be set at any time; an account without calls takes no memory.
 */
export class CallPlaces {
  readonly #calls = new Counts();
  readonly #dials = new Counts();

  /** Calls that the account has now. */
  of(accountId: string): number {
    return this.#calls.of(accountId);
  }

  isFull({ authId, settings }: Account): boolean {
    return isReached(settings.concurrentCalls, this.of(authId));
  }

  /** For a call that comes in. `account` is a main account here as below. */
  takeInbound(account: Account): PlaceOrRefusal {
    return this.isFull(account) ? { refusal: hangupCause(5030, 'Plivo') } : { place: this.takeAnyway(account) };
  }

  /** For a call that is dialled. */
  takeOutbound(account: Account, destination: Destination): PlaceOrRefusal {
    const { authId, settings } = account;
    const both = `${authId} ${nameOf(destination)}`;
    if (isReached(settings.dialsPerDestination, this.#dials.of(both))) return { refusal: hangupCause(1020, 'Plivo') };
    if (this.isFull(account)) return { refusal: hangupCause(5030, 'Plivo') };
    this.#calls.add(authId, 1);
    this.#dials.add(both, 1);
    return {
      place: heldUntil(() => {
        this.#calls.add(authId, -1);
        this.#dials.add(both, -1);
      }),
    };
  }

  /** For a call that comes in to end another by taking its place: for that moment the account may have one more. */
  takeAnyway({ authId }: Account): CallPlace {
    this.#calls.add(authId, 1);
    return heldUntil(() => this.#calls.add(authId, -1));
  }
}

/** An endpoint is the same whichever of our hosts it is called at. */
const nameOf = (destination: Destination): string =>
  destination.kind === 'endpoint' ? `sip:${destination.username}` : destination.address;

const isReached = (limit: number | undefined, count: number): boolean => limit !== undefined && limit > 0 && count >= limit;

function heldUntil(end: () => void): CallPlace {
  let isHeld = true;
  const giveBack = () => {
    if (isHeld) end();
    isHeld = false;
  };
  return {
    giveBack,
    holdFor(call) {
      if (call.gone.aborted) giveBack();
      else call.gone.addEventListener('abort', giveBack, { once: true });
    },
  };
}

/** Numbers by name; those that are 0 are not kept. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, change: 1 | -1): void {
    const count = this.of(name) + change;
    if (count === 0) this.#counts.delete(name);
    else this.#counts.set(name, count);
  }
}
