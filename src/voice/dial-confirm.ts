import type { DialledLeg } from './dial-race.ts';
import type { DialElement } from './document.ts';
import type { ElementContext } from './element-context.ts';
import { playPrompts } from './prompts.ts';
import { fetchPrompts } from './sound-document.ts';

/**
 * Whether an answered leg of a Dial may be connected (voice-xml.md §6.9): it hears the confirmation document and, when a key is
 * asked for, must press it in time; any other key ends the leg at once, as the challenge has failed. Without a document the key is not asked for.
 */
export async function confirm(
  element: DialElement,
  leg: DialledLeg,
  { call: caller, services }: ElementContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { call } = leg;
  if (element.confirmSound === undefined) return !call.gone.aborted;
  const { media } = call;
  if (!media || call.gone.aborted) return false;
  const key = element.confirmKey;
  const done = new AbortController();
  const until = AbortSignal.any([signal, call.gone, done.signal]);
  let confirmed = false;
  const release = media.onDigit((digit) => {
    if (key === undefined || done.signal.aborted) return;
    confirmed = digit === key;
    done.abort();
  });
  const cancelTimeout = services.clock.after(element.confirmTimeoutMs, () => done.abort());
  try {
    const prompts = await fetchPrompts(caller, services, 'confirm-sound', element.confirmSound, until);
    if (key === undefined) {
      await playPrompts(call, services, media, prompts, until);
      return !call.gone.aborted && !signal.aborted;
    }
    await playPrompts(call, services, media, prompts, until);
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
