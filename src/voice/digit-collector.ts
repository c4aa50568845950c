import type { MediaLeg } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import type { DigitRules } from './document.ts';

export interface CollectOptions extends DigitRules {
  /** Other keys are invalid; undefined = every key is valid. */
  readonly validDigits?: string | undefined;
  /** To the first digit, counted after the prompts. */
  readonly firstMs: number;
  /** Between digits; their end submits what was typed. */
  readonly betweenMs: number;
  /** Plays the prompts; its signal aborts with the first key. */
  readonly prompts: (signal: AbortSignal) => Promise<unknown>;
}

export type Collected =
  /** Terminator removed. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'invalid'; readonly key: string }
  | { readonly kind: 'none' };

/**
 * One attempt to collect keys (voice-xml.md §6.6): the prompts play, the first key stops them, then keys are taken until the
 * terminator, the wanted number, an invalid key or a timeout.
 */
export async function collectDigits(
  leg: MediaLeg,
  clock: Clock,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<Collected> {
  const { promise: collected, resolve: settle } = Promise.withResolvers<Collected>();
  const firstKey = new AbortController();
  let digits = '';
  let cancelWait: () => void = () => undefined;
  const submit = () => settle(digits === '' ? { kind: 'none' } : { kind: 'digits', digits });
  const waitFor = (ms: number) => {
    cancelWait();
    cancelWait = clock.after(ms, submit);
  };
  const pressed = (key: string) => {
    firstKey.abort();
    if (options.finishOnKey.includes(key)) return submit();
    if (options.validDigits !== undefined && !options.validDigits.includes(key)) return settle({ kind: 'invalid', key });
    digits += key;
    if (digits.length >= options.numDigits) return submit();
    return waitFor(options.betweenMs);
  };
  const release = leg.onDigit(pressed);
  signal.addEventListener('abort', submit, { once: true });
  try {
    if (!signal.aborted) await options.prompts(AbortSignal.any([signal, firstKey.signal]));
    if (signal.aborted) submit();
    else if (!firstKey.signal.aborted) waitFor(options.firstMs);
    return await collected;
  } finally {
    cancelWait();
    release();
    signal.removeEventListener('abort', submit);
  }
}
