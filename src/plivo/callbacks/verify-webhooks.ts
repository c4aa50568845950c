import type pg from 'pg';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { VerifyNotice, VerifyNotifier } from '../../verification/notices.ts';
import { callbackNumber, callbackTime } from './callback-format.ts';

/** Three retries, after 60, 120 and 240 seconds (account-numbers.md §12.4). */
export const VERIFY_STATUS = 'verify-status';

/** Status callbacks of verification sessions, in the order of each session. */
export function verifyNotifier(ids: Ids, delivery: Pick<Dispatcher, 'admit' | 'handOver'>): VerifyNotifier {
  return {
    async write(client: pg.ClientBase | pg.Pool, notices) {
      const admission = delivery.admit(notices.map((notice) => verifyStatusJob(ids, notice)));
      await insertWebhooks(client, admission);
      return () => delivery.handOver(admission);
    },
  };
}

export const verifyStatusJob = (ids: Ids, notice: VerifyNotice): WebhookJob => ({
  id: ids.uuid(),
  accountId: notice.ownerId,
  subjectId: notice.sessionId,
  kind: VERIFY_STATUS,
  url: notice.callback.url,
  method: notice.callback.method,
  payload: { form: verifyStatusParams(notice) },
  sensitive: [],
  createdAt: notice.at,
});

/** Parameters of the callback. The end of a session by itself has no status of a channel. */
function verifyStatusParams({ sessionId, state, recipient, channel, attempt }: VerifyNotice): Record<string, string> {
  return {
    AttemptSequence: String(attempt.sequence),
    AttemptUUID: attempt.attemptId,
    Channel: channel,
    ...(attempt.errorCode !== undefined && { ChannelErrorCode: attempt.errorCode }),
    ...(attempt.status !== undefined && { ChannelStatus: attempt.status }),
    Recipient: callbackNumber(recipient),
    RequestTime: callbackTime(attempt.requestedAt),
    SessionStatus: state,
    SessionUUID: sessionId,
  };
}
