import type pg from 'pg';
import type { Compliance } from './compliance/compliance.ts';
import { blankWebhookContent } from './delivery/webhook-content-store.ts';
import type { Chore } from './maintenance.ts';
import type { Masking } from './masking/masking.ts';
import { ContentRetention } from './messaging/content-retention.ts';
import { ContentRetentionStore } from './messaging/content-retention-store.ts';
import { LingeringStore } from './messaging/lingering-store.ts';
import type { Messaging } from './messaging/messaging.ts';
import type { Phlos } from './phlo/phlos.ts';
import { INBOUND_CONTENT_PARAMS } from './plivo/callbacks/inbound-message.ts';
import { INBOUND_MESSAGE } from './plivo/callbacks/message-webhooks.ts';
import type { Clock } from './runtime/clock.ts';
import type { Verification } from './verification/verification.ts';
import type { CallFeedbackStore } from './voice/call-feedback-store.ts';
import { forgetMultiPartiesBefore } from './voice/multiparty/multiparty-store.ts';
import type { Recordings } from './voice/recordings.ts';
import type { StreamStore } from './voice/streams/stream-store.ts';

const CONTENT_RETENTION_EVERY_MS = 15 * 60_000;
/** Between two runs the list looks through what has been accepted since: two minutes on top of the five that it always does. */
const LINGERING_EVERY_MS = 2 * 60_000;
const USAGE_UPKEEP_EVERY_MS = 3_600_000;
const COMPLIANCE_UPKEEP_EVERY_MS = 3_600_000;
const CALL_RETENTION_EVERY_MS = 3_600_000;
/** Sessions that end by time are told about so late at most. */
const SESSIONS_EVERY_MS = 5_000;
/** As long as the records of the calls they are about. */
const KEEP_BESIDE_CALLS_MS = 90 * 24 * 3_600_000;

export interface ChoresDependencies {
  readonly clock: Clock;
  readonly pool: pg.Pool;
  readonly messaging: Messaging;
  readonly recordings: Recordings;
  readonly callFeedback: CallFeedbackStore;
  readonly streamRecords: StreamStore;
  readonly compliance: Compliance;
  readonly verification: Pick<Verification, 'sessions'>;
  readonly masking: Pick<Masking, 'sessions'>;
  readonly phlos: Pick<Phlos, 'forgetBefore'>;
}

/** What has to be done now and then on every node. */
export function choresOf({
  clock,
  pool,
  messaging,
  recordings,
  callFeedback,
  streamRecords,
  compliance,
  verification,
  masking,
  phlos,
}: ChoresDependencies): readonly Chore[] {
  const lingering = new LingeringStore(pool);
  const retention = new ContentRetention(
    new ContentRetentionStore(pool),
    (messageIds) => blankWebhookContent(pool, INBOUND_MESSAGE, messageIds, INBOUND_CONTENT_PARAMS),
    clock,
  );
  const besideCalls = (name: string, forgetBefore: (time: number) => Promise<unknown>): Chore => ({
    name,
    everyMs: CALL_RETENTION_EVERY_MS,
    run: () => forgetBefore(clock.now() - KEEP_BESIDE_CALLS_MS),
  });
  return [
    { name: 'content retention', everyMs: CONTENT_RETENTION_EVERY_MS, run: () => retention.run() },
    { name: 'lingering messages', everyMs: LINGERING_EVERY_MS, run: () => lingering.mark(clock.now()) },
    { name: 'recording retention', everyMs: CALL_RETENTION_EVERY_MS, run: () => recordings.expire() },
    besideCalls('call feedback retention', (time) => callFeedback.forgetBefore(time)),
    besideCalls('stream record retention', (time) => streamRecords.forgetBefore(time)),
    besideCalls('multiparty call retention', (time) => forgetMultiPartiesBefore(pool, time)),
    { name: 'ends of verification sessions', everyMs: SESSIONS_EVERY_MS, run: () => verification.sessions.lapse() },
    besideCalls('verification session retention', (time) => verification.sessions.forgetBefore(time)),
    { name: 'ends of masking sessions', everyMs: SESSIONS_EVERY_MS, run: () => masking.sessions.lapse() },
    besideCalls('masking session retention', (time) => masking.sessions.forgetBefore(time)),
    besideCalls('PHLO run retention', (time) => phlos.forgetBefore(time)),
    { name: 'compliance upkeep', everyMs: COMPLIANCE_UPKEEP_EVERY_MS, run: () => compliance.tidy() },
    { name: 'usage counters', everyMs: USAGE_UPKEEP_EVERY_MS, run: () => messaging.forgetUsage() },
  ];
}
