/** Waiting until a server that has been used is back where it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Remains, remains } from './remains.ts';
import type { RingdownProcess } from './server.ts';

/** Timers of SIP transactions over UDP last 32 s; idle memory is given back after 10 s more. */
const SETTLE_MS = 60_000;
/** Looking costs the server some milliseconds each time, and it must seem idle to itself. */
const POLL_MS = 5_000;
/** Timers and descriptors come and go with upkeep, database connections and the suite's own requests. */
const COMING_AND_GOING = 8;
/** Memory is back within a fifth: allocators keep a little more or less each time. */
const MEMORY_RATIO = 1.2;

/** The state once `isSettled`, or at the end of the time for that. */
export async function settled(server: RingdownProcess, isSettled: (now: Remains) => boolean): Promise<Remains> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    await sleep(POLL_MS);
    const now = await remains(server);
    if (isSettled(now) || performance.now() > until) return now;
  }
}

/** No more timers than an idle server has. */
export const hasTimersOf = (idle: Remains, now: Remains): boolean => now.timers <= idle.timers + COMING_AND_GOING;

/** The resident set is as large as it was. */
export const hasMemoryOf = (before: Remains, now: Remains): boolean => now.rssMb <= before.rssMb * MEMORY_RATIO;

/** JavaScript objects and what they hold are as large as they were. */
export const hasObjectsOf = (before: Remains, now: Remains): boolean =>
  now.heapMb + now.externalMb <= (before.heapMb + before.externalMb) * MEMORY_RATIO;

/** No call and no leg is left, nor a timer or descriptor that was not there. */
export const hasNothingOver = (before: Remains, now: Remains): boolean =>
  now.calls === 0 && now.legs === 0 && hasTimersOf(before, now) && now.descriptors <= before.descriptors + COMING_AND_GOING;
