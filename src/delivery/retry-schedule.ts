/** Timeouts and retries of requests to customers' servers, as data. */

/** How a request failed, in the classes that retry policies speak of. */
export type FailureClass =
  /** The target is one that must not be contacted. Never retried. */
  | 'refused'
  /** Ours: the request could not be made, for instance because the signing token could not be read. Always retried. */
  | 'local'
  /** Name resolution, TCP or TLS. */
  | 'connect'
  /** Connected, but no answer in time, or the connection ended before one. */
  | 'response'
  /** An answer that began and did not end. */
  | 'partial'
  | '3xx'
  | '4xx'
  | '5xx';

export interface DeliveryPolicy {
  readonly connectTimeoutMs: number;
  /** To the first byte of the answer, and between two pieces of it. */
  readonly readTimeoutMs: number;
  /** One attempt from its start to the last byte. */
  readonly attemptTimeoutMs: number;
  /** All attempts together; `null` sets no limit. */
  readonly totalTimeoutMs: number | null;
  /** Waits before the second attempt, the third, ...: there is one attempt more than entries. */
  readonly retryDelaysMs: readonly number[];
  readonly retryOn: ReadonlySet<FailureClass>;
  /** Where the request should leave from. One installation has one place; kept for installations with several. */
  readonly egress: Egress;
}

const EGRESSES = ['nearest', 'local', 'n_california', 'n_virginia', 'frankfurt', 'singapore', 'mumbai'] as const;
export type Egress = (typeof EGRESSES)[number];

const MESSAGING_ATTEMPT_MS = 8_000;

/** Status callbacks and inbound messages (messaging.md §12): 8 s an attempt, three retries. */
export const messagingPolicy: DeliveryPolicy = {
  connectTimeoutMs: MESSAGING_ATTEMPT_MS,
  readTimeoutMs: MESSAGING_ATTEMPT_MS,
  attemptTimeoutMs: MESSAGING_ATTEMPT_MS,
  totalTimeoutMs: null,
  retryDelaysMs: [60_000, 120_000, 240_000],
  retryOn: new Set(['connect', 'response', 'partial', '3xx', '4xx', '5xx']),
  egress: 'nearest',
};

/** Keys, bounds and defaults of the URL fragment (voice-xml.md §2.3). */
const VOICE_LIMITS = {
  ct: { min: 100, max: 10_000, initial: 2_000 },
  rt: { min: 100, max: 40_000, initial: 40_000 },
  tt: { min: 100, max: 55_000, initial: 55_000 },
  rc: { min: 0, max: 5, initial: 1 },
} as const;

const VOICE_RETRY_WORDS: ReadonlyMap<string, readonly FailureClass[]> = new Map([
  ['4xx', ['4xx']],
  ['5xx', ['5xx']],
  ['ct', ['connect']],
  ['rt', ['response']],
  // A partial answer is never retried: the application has already run.
  ['all', ['connect', 'response', '3xx', '4xx', '5xx']],
]);
const VOICE_RETRY_DEFAULT: readonly FailureClass[] = ['connect', 'response'];

/**
 * Voice requests, set by the fragment of their URL: `#ct=2000&rt=5000&rc=2&rp=ct,rt&er=mumbai`. A value that is missing,
 * malformed or out of bounds takes its default.
 */
export function voicePolicy(url: string): DeliveryPolicy {
  const fragment = new URLSearchParams(splitFragment(url).fragment);
  const total = bounded(fragment, 'tt');
  return {
    connectTimeoutMs: Math.min(bounded(fragment, 'ct'), total),
    readTimeoutMs: Math.min(bounded(fragment, 'rt'), total),
    attemptTimeoutMs: total,
    totalTimeoutMs: total,
    retryDelaysMs: new Array<number>(bounded(fragment, 'rc')).fill(0),
    retryOn: retryClasses(fragment.get('rp')),
    egress: EGRESSES.find((name) => name === fragment.get('er')) ?? 'nearest',
  };
}

/** Retries at once would not outlast a restart of the database. */
const LOCAL_RETRY_MS = 5_000;

/** A URL and what follows its `#`. */
export function splitFragment(url: string): { readonly url: string; readonly fragment: string } {
  const hash = url.indexOf('#');
  return hash === -1 ? { url, fragment: '' } : { url: url.slice(0, hash), fragment: url.slice(hash + 1) };
}

/** Milliseconds to wait after `attempts` failed ones, or `null` when that was the last. */
export function nextDelayMs(policy: DeliveryPolicy, attempts: number, failure: FailureClass, elapsedMs: number): number | null {
  const delay = policy.retryDelaysMs[attempts - 1];
  if (delay !== undefined && failure === 'local') return Math.max(delay, LOCAL_RETRY_MS);
  if (delay === undefined || !policy.retryOn.has(failure)) return null;
  return policy.totalTimeoutMs !== null && elapsedMs + delay >= policy.totalTimeoutMs ? null : delay;
}

function bounded(fragment: URLSearchParams, key: keyof typeof VOICE_LIMITS): number {
  const { min, max, initial } = VOICE_LIMITS[key];
  const text = fragment.get(key) ?? '';
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : initial;
}

function retryClasses(text: string | null): ReadonlySet<FailureClass> {
  const classes = (text ?? '').split(',').flatMap((word) => VOICE_RETRY_WORDS.get(word.trim()) ?? []);
  return new Set(classes.length === 0 ? VOICE_RETRY_DEFAULT : classes);
}
