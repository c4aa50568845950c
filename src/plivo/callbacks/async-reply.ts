import type { Dispatcher } from '../../delivery/dispatcher.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { AsyncOutcome, AsyncRequestRow, ReplyPoster } from '../async-request-store.ts';

export const ASYNC_REPLY = 'async-reply';

/** The resources of voice-api.md, whose replies come in fields (§3 there); those of the other pages come as what they are. */
const IN_FIELDS: ReadonlySet<string> = new Set([
  'Call',
  'Conference',
  'Endpoint',
  'Recording',
  'Stream',
  'Transcription',
  'VerifiedCallerId',
]);

/**
 * Sends the real reply of an asynchronous request. In fields: a form with POST, a query with GET, with `api_id`, `status_code` and
 * `response`, the reply as JSON text. As what it is: JSON with POST, its top-level members as query parameters with GET.
 */
export function asyncReplyPoster(ids: Ids, delivery: Dispatcher): ReplyPoster {
  return async (client, row, reply, now) => {
    const admission = delivery.admit([
      {
        id: ids.uuid(),
        accountId: row.authId,
        subjectId: row.id,
        kind: ASYNC_REPLY,
        url: row.callbackUrl,
        method: row.callbackMethod,
        payload: IN_FIELDS.has(reply.tag) ? { form: fieldsOf(row, reply) } : { json: { ...reply.body } },
        sensitive: [],
        createdAt: now,
      },
    ]);
    await insertWebhooks(client, admission);
    return () => delivery.handOver(admission);
  };
}

const fieldsOf = ({ id }: AsyncRequestRow, { status, body }: AsyncOutcome) => ({
  api_id: id,
  status_code: String(status),
  response: JSON.stringify(body),
});
