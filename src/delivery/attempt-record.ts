import type { Delivery } from './destination.ts';
import type { HttpResult } from './http-client.ts';
import type { AttemptRecord } from './webhook-store.ts';

/** Of an answer's body, for whoever looks why a webhook was not taken. */
const SHOWN_BYTES = 2_048;

/** An attempt as the timeline shows it; `nextAttemptAt` in wall-clock milliseconds, null when it was the last. */
export function attemptRecord(
  { job, attempts }: Pick<Delivery, 'job' | 'attempts'>,
  result: HttpResult,
  nextAttemptAt: number | null,
): AttemptRecord {
  const answered = result.kind === 'answer';
  const ok = answered && result.status >= 200 && result.status < 300;
  return {
    webhookId: job.id,
    attempt: attempts,
    startedAt: result.times.startedAt,
    latencyMs: result.times.totalMs,
    status: result.status,
    error: ok ? null : answered ? `answered with status ${result.status}` : result.reason,
    // An answer may repeat what it answers to.
    response: answered && job.sensitive.length === 0 ? result.body.subarray(0, SHOWN_BYTES).toString('utf8') : null,
    nextAttemptAt,
  };
}
