/** Round-trip estimate; the base of every other timer (RFC 3261 §17.1.1.1), milliseconds. */
export const T1 = 500;
/** Longest wait between retransmissions of a request that is no INVITE, and of responses to INVITE. */
export const T2 = 4000;
/** How long a message may stay in the network. */
export const T4 = 5000;

/** The lettered timers that transactions run (RFC 3261 table 4; L and M by RFC 6026). C belongs to proxies;. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

interface TimerRule {
  /** Milliseconds over UDP; over a reliable transport undefined means that the timer is not run, 0 that it fires at once. */
  readonly unreliable: number;
  readonly reliable: number | undefined;
  /** Each further run is twice the one before, up to this. */
  readonly doublesUpTo?: number;
}

/** Longest that UDP copies of a final response to INVITE may still arrive (RFC 3261 §17.1.1.2). */
const D_MS = 32_000;

export const timerRules: Readonly<Record<TimerName, TimerRule>> = {
  A: { unreliable: T1, reliable: undefined, doublesUpTo: Number.POSITIVE_INFINITY },
  B: { unreliable: 64 * T1, reliable: 64 * T1 },
  D: { unreliable: D_MS, reliable: 0 },
  E: { unreliable: T1, reliable: undefined, doublesUpTo: T2 },
  F: { unreliable: 64 * T1, reliable: 64 * T1 },
  G: { unreliable: T1, reliable: undefined, doublesUpTo: T2 },
  H: { unreliable: 64 * T1, reliable: 64 * T1 },
  I: { unreliable: T4, reliable: 0 },
  J: { unreliable: 64 * T1, reliable: 0 },
  K: { unreliable: T4, reliable: 0 },
  L: { unreliable: 64 * T1, reliable: 64 * T1 },
  M: { unreliable: 64 * T1, reliable: 64 * T1 },
};

/**
 * How long the `run`th run (from 0) of a timer lasts; undefined when it is not run on this transport.
 * @param slow a provisional response has come: timer E then always waits T2 (RFC 3261 §17.1.2.2)
 */
export function timerMs(name: TimerName, isReliable: boolean, run: number, slow = false): number | undefined {
  const rule = timerRules[name];
  if (isReliable) return rule.reliable;
  if (rule.doublesUpTo === undefined) return rule.unreliable;
  if (slow && name === 'E') return T2;
  return Math.min(rule.doublesUpTo, rule.unreliable * 2 ** run);
}
