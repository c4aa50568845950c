import { parseDeltaSeconds, parseSessionExpires, type SessionExpires } from '../session-timer.ts';

/** Session timers (RFC 4028): who refreshes a session, how often, and when it counts as dead. Pure; seconds throughout. */
export interface SessionTimerPolicy {
  /** Session-Expires asked for. */
  readonly expires: number;
  /** Shortest Session-Expires accepted (Min-SE); at least 90 by RFC 4028 §5. */
  readonly min: number;
}

export interface SessionTimer {
  readonly expires: number;
  /** True when this side sends the refreshes. */
  readonly isRefresher: boolean;
}

/** RFC 4028 §5: shorter ones flood proxies. */
export const LEAST_MIN_SE = 90;

export type UasVerdict =
  | { readonly kind: 'too small'; readonly minSe: number }
  /** No timer runs: the peer knows none and asked for none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'timer'; readonly timer: SessionTimer; readonly header: SessionExpires; readonly requireTimer: boolean };

/** What a UAS makes of an INVITE or UPDATE (RFC 4028 §9). */
export function answerSessionTimer(
  policy: SessionTimerPolicy,
  request: { readonly sessionExpires: string | undefined; readonly minSe: string | undefined; readonly supportsTimer: boolean },
): UasVerdict {
  const asked = parseSessionExpires(request.sessionExpires ?? '');
  if (asked !== undefined && asked.seconds < policy.min) {
    // A peer without the extension cannot understand 422: a proxy put the header there, and only 422 tells the proxy.
    return { kind: 'too small', minSe: policy.min };
  }
  if (asked === undefined && !request.supportsTimer) return { kind: 'none' };
  const floor = Math.max(policy.min, parseDeltaSeconds(request.minSe ?? '') ?? 0);
  const expires = Math.max(floor, Math.min(asked?.seconds ?? policy.expires, policy.expires));
  // Only a peer that knows the extension can refresh; who asked for a refresher gets its wish.
  const refresher = request.supportsTimer ? (asked?.refresher ?? 'uas') : 'uas';
  return {
    kind: 'timer',
    timer: { expires, isRefresher: refresher === 'uas' },
    header: { seconds: expires, refresher },
    requireTimer: refresher === 'uac',
  };
}

/** What a UAC makes of the 2xx (RFC 4028 §7.2); undefined when no timer runs. */
export function readSessionTimer(sessionExpires: string | undefined): SessionTimer | undefined {
  const agreed = parseSessionExpires(sessionExpires ?? '');
  if (agreed === undefined || agreed.seconds === 0) return undefined;
  return { expires: agreed.seconds, isRefresher: agreed.refresher !== 'uas' };
}

/** Seconds until this side acts: the refresher at half of the interval, the other one hangs up shortly before its end (§10). */
export function actAfter({ expires, isRefresher }: SessionTimer): number {
  return isRefresher ? expires / 2 : expires - Math.min(32, expires / 3);
}
