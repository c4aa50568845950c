import type pg from 'pg';
import { blankedPayload, type WebhookPayload } from './webhook.ts';

interface Row {
  readonly id: string;
  readonly subject_id: string;
  readonly content: string;
}

/**
 * Blanks these parameters in what webhooks of a kind about these subjects said, and what was answered to them. What is still to be
 * delivered is left alone: it is under way for minutes, and what is blanked is days old.
 */
export async function blankWebhookContent(
  pool: pg.Pool,
  kind: string,
  subjectIds: readonly string[],
  names: readonly string[],
): Promise<void> {
  const { rows } = await pool.query<Row>(
    'select id, subject_id, content from webhooks where subject_id = any($1) and kind = $2 and ended_at is not null',
    [subjectIds, kind],
  );
  if (rows.length === 0) return;
  const blanked = rows.map((row) => {
    const content: { payload: WebhookPayload; sensitive: readonly string[] } = JSON.parse(row.content);
    const payload = blankedPayload({ payload: content.payload, sensitive: names });
    return { subject: row.subject_id, id: row.id, content: JSON.stringify({ ...content, payload }) };
  });
  await pool.query(
    `with given as (select * from json_to_recordset($1) as g(subject uuid, id uuid, content text)),
     answers as (update webhook_attempts a set response = null from given g where a.webhook_id = g.id and a.response is not null)
     update webhooks w set content = g.content from given g where w.subject_id = g.subject and w.id = g.id`,
    [JSON.stringify(blanked)],
  );
}
