import type { PartReport } from '../carriers/carrier.ts';
import type { AttemptRow, Outcome } from './outcome.ts';
import type { QueuedOutbound } from './queued-outbound.ts';

/** After a submit that got no answer: long enough for a link to be back, short beside any expiry. */
const UNANSWERED_DELAY_MS = 1_000;

export interface VerdictContext {
  readonly failoverCodes: ReadonlySet<string>;
  /** Another carrier of the route is left. */
  readonly hasNext: boolean;
  readonly costMicros: number;
  /** Wall-clock milliseconds. */
  readonly now: number;
}

export type Verdict =
  | { readonly kind: 'ended'; readonly outcome: Extract<Outcome, { kind: 'sent' | 'failed' }> }
  | { readonly kind: 'again'; readonly outcome: Extract<Outcome, { kind: 'again' }>; readonly delayMs: number }
  /** Nothing left the process: as if it had not been tried. */
  | { readonly kind: 'unsent' };

/**
 * What a submit's reports mean for the message:
 *
 * | parts                                   | message                                                              |
 * |-----------------------------------------|----------------------------------------------------------------------|
 * | all accepted                            | sent                                                                 |
 * | one rejected, none accepted, code moves | again with the next carrier, all parts                               |
 * | one rejected otherwise                  | failed with its code                                                 |
 * | one throttled                           | again, what was not accepted, after the carrier's delay              |
 * | one unanswered                          | again, what was not accepted; the attempt says that it may be double |
 * | the rest unsent                         | again at once; without a trace when nothing was accepted             |
 */
export function judgeReports(
  message: QueuedOutbound,
  carrier: string,
  reports: readonly PartReport[],
  context: VerdictContext,
): Verdict {
  const attempt = message.attempt + 1;
  const attempts = reports
    .filter((report) => report.outcome.kind !== 'unsent')
    .map((report) => attemptRow(message, carrier, report, context.costMicros));
  const accepted = new Set(reports.filter((report) => report.outcome.kind === 'accepted').map((report) => report.part));
  const pendingParts = message.pendingParts.filter((part) => !accepted.has(part));
  if (pendingParts.length === 0) {
    const outcome = {
      kind: 'sent',
      messageId: message.id,
      attempts,
      cause: `accepted by ${carrier}`,
      chargeMicros: message.chargeMicros,
      service: message.service,
      ownerId: message.ownerId,
      at: context.now,
    } as const;
    return { kind: 'ended', outcome };
  }
  const rejected = reports.find((report) => report.outcome.kind === 'rejected');
  if (rejected?.outcome.kind === 'rejected') {
    const { errorCode, reason } = rejected.outcome;
    const untouched = pendingParts.length === message.parts.length;
    if (untouched && context.hasNext && context.failoverCodes.has(errorCode)) {
      const tried = [...message.tried, carrier];
      return {
        kind: 'again',
        delayMs: 0,
        outcome: { kind: 'again', messageId: message.id, attempts, attempt, tried, pendingParts, at: context.now },
      };
    }
    const cause = `refused by ${carrier}: ${reason}`;
    return { kind: 'ended', outcome: { kind: 'failed', messageId: message.id, attempts, errorCode, cause, at: context.now } };
  }
  if (attempts.length === 0) return { kind: 'unsent' };
  const again: Extract<Outcome, { kind: 'again' }> = {
    kind: 'again',
    messageId: message.id,
    attempts,
    attempt,
    tried: message.tried,
    pendingParts,
    at: context.now,
  };
  return { kind: 'again', delayMs: delayAfter(reports), outcome: again };
}

function delayAfter(reports: readonly PartReport[]): number {
  let delay = 0;
  for (const { outcome } of reports) {
    if (outcome.kind === 'throttled') delay = Math.max(delay, outcome.retryAfterMs);
    if (outcome.kind === 'unanswered') delay = Math.max(delay, UNANSWERED_DELAY_MS);
  }
  return delay;
}

function attemptRow(message: QueuedOutbound, carrier: string, report: PartReport, costMicros: number): AttemptRow {
  const { outcome } = report;
  return {
    messageId: message.id,
    attempt: message.attempt + 1,
    part: report.part,
    carrier,
    link: report.link,
    submittedAt: report.submittedAt,
    answeredAt: report.answeredAt,
    outcome: outcome.kind,
    carrierMessageId: outcome.kind === 'accepted' ? outcome.carrierMessageId : undefined,
    errorCode: outcome.kind === 'rejected' ? outcome.errorCode : undefined,
    summary: report.summary,
    costMicros: outcome.kind === 'accepted' ? costMicros : 0,
  };
}
