import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 40;

/** Polls until `probe` gives something other than undefined; fails after `timeoutMs` saying what was waited for. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`within ${timeoutMs} ms there was no ${what}`);
    await sleep(POLL_MS);
  }
}

/** Lets time pass where there is nothing to wait for but time. */
export const pause = (ms: number): Promise<void> => sleep(ms);
