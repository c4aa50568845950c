import type { Call } from './call.ts';
import type { ElementUrl } from './document.ts';
import type { FlowServices } from './flow-services.ts';
import { playPrompts } from './prompts.ts';
import { fetchPrompts } from './sound-document.ts';

/** What is asked of a leg that has answered before it is connected. */
export interface Challenge {
  /** A document that is heard first; the call in whose name it is requested. */
  readonly sound: { readonly target: ElementUrl; readonly askedBy: Call } | undefined;
  /** A key that must be pressed; undefined = it is enough to hear the sound to its end. */
  readonly key: string | undefined;
  /** To the key, counted from the answer. */
  readonly timeoutMs: number;
}

/**
 * Whether an answered leg may be connected (voice-xml.md §6.9): it hears the sound of the challenge and, when a key is asked for, must
 * press it in time; any other key ends the leg at once, as the challenge has failed.
 */
export async function confirm(
  { sound, key, timeoutMs }: Challenge,
  call: Call,
  services: FlowServices,
  signal: AbortSignal,
): Promise<boolean> {
  const { media } = call;
  if (!media || call.gone.aborted) return false;
  const done = new AbortController();
  const until = AbortSignal.any([signal, call.gone, done.signal]);
  let confirmed = false;
  const release = media.onDigit((digit) => {
    if (key === undefined || done.signal.aborted) return;
    confirmed = digit === key;
    done.abort();
  });
  const cancelTimeout = key === undefined ? () => undefined : services.clock.after(timeoutMs, () => done.abort());
  try {
    const prompts = sound ? await fetchPrompts(sound.askedBy, services, 'confirm-sound', sound.target, until) : [];
    await playPrompts(call, services, media, prompts, until);
    if (key === undefined) return !call.gone.aborted && !signal.aborted;
    if (!until.aborted) await aborted(until);
    return confirmed && !call.gone.aborted;
  } finally {
    cancelTimeout();
    release();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
