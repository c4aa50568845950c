import { Problem } from '../errors/catalogue.ts';
import type { CallOwner, CallPermissions } from './call-permissions.ts';
import type { PlaceOrRefusal } from './call-places.ts';
import type { Destination } from './destination.ts';
import type { HangupCause } from './hangup-cause.ts';
import type { LiveCalls } from './live-calls.ts';

/** Who decides whether a call is dialled. */
export interface OutboundAdmission {
  readonly permissions: Pick<CallPermissions, 'barred' | 'mayOriginate'>;
  readonly live: Pick<LiveCalls, 'places'>;
}

/**
 * Whether a call may be dialled in this moment, and its place when it may: of the destination (2030, 2040, 2050), of the caller
 * (3140), of what the account has at once (1020, 5030). Nothing is waited for, so nobody comes between the question and the place.
 */
export function admitOutbound(
  { permissions, live }: OutboundAdmission,
  owner: CallOwner,
  from: string,
  destination: Destination,
): PlaceOrRefusal {
  const refusal = permissions.barred(owner, destination) ?? permissions.mayOriginate(from);
  return refusal ? { refusal } : live.places.takeOutbound(owner.account, destination);
}

/** @throws Problem when the account has as many calls as it may: requests for more are refused at once (voice-api.md §2) */
export function requirePlace({ live }: Pick<OutboundAdmission, 'live'>, { account }: CallOwner): void {
  if (live.places.isFull(account)) throw new Problem('concurrency_limit', 'Concurrency Limit Breached');
}

/** What an API request is told whose destinations are all barred; `cause` is that of the first. */
export function barredProblem({ code }: HangupCause): Problem {
  const what = code === 2030 ? 'country' : code === 2050 ? 'prefix' : 'number';
  return new Problem('destination_barred', `Calls to this destination ${what} are barred.`);
}
