import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { OutcomeHandler, WebhookJob, WebhookOutcome } from './webhook.ts';

const HANDLER_TIMEOUT_MS = 30_000;
/** Waits before an outcome handler is called again: enough for a restart of the database. */
const HANDLER_RETRIES_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Calls an outcome handler until it succeeds. Returns whether it did; gives up early once `signal` aborts. */
export async function tellOutcome(
  handler: OutcomeHandler,
  job: WebhookJob,
  outcome: WebhookOutcome,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  for (const wait of [...HANDLER_RETRIES_MS, null]) {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(HANDLER_TIMEOUT_MS, () => reject(new Error('the outcome handler took too long')));
    try {
      await Promise.race([handler(job, outcome), late]);
      return true;
    } catch (error) {
      log.warn({ err: error, webhook: job.id, kind: job.kind }, 'webhook outcome could not be handled yet');
    } finally {
      cancel();
    }
    if (wait === null || signal.aborted) return false;
    await clock.sleep(wait, signal).catch(() => undefined);
  }
  return false;
}
