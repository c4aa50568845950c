import type pg from 'pg';
import type { WebhookPayload } from '../src/delivery/webhook.ts';
import type { AttemptRecord } from '../src/delivery/webhook-store.ts';

export interface StoredWebhook {
  readonly kind: string;
  readonly payload: WebhookPayload;
  readonly endedAt: number | null;
  readonly result: 'delivered' | 'failed' | null;
  readonly attempts: readonly AttemptRecord[];
}

interface StoredRow extends Omit<StoredWebhook, 'payload'> {
  readonly content: string;
}

/** Everything sent about a message or call, in order of creation, with its attempts. */
export async function webhooksOfSubject(pool: pg.Pool, subjectId: string): Promise<StoredWebhook[]> {
  const { rows } = await pool.query<StoredRow>(
    `select w.kind, w.content, w.result, (extract(epoch from w.ended_at) * 1000)::double precision as "endedAt",
        coalesce((
          select json_agg(json_build_object(
            'webhookId', a.webhook_id, 'attempt', a.attempt,
            'startedAt', round(extract(epoch from a.started_at) * 1000), 'latencyMs', a.latency_ms, 'status', a.status,
            'error', a.error, 'response', a.response,
            'nextAttemptAt', round(extract(epoch from a.next_attempt_at) * 1000)) order by a.attempt)
          from webhook_attempts a where a.webhook_id = w.id), '[]') as attempts
      from webhooks w where w.subject_id = $1 order by w.id`,
    [subjectId],
  );
  return rows.map(({ content, ...row }) => ({ ...row, payload: JSON.parse(content).payload }));
}
