import type { Dispatcher } from '../../delivery/dispatcher.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { ReplyPoster } from '../async-request-store.ts';

export const ASYNC_REPLY = 'async-reply';

/** Posts the real reply of an asynchronous request: JSON with POST, its top-level members as query parameters with GET. */
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
        payload: { json: { ...reply.body } },
        sensitive: [],
        createdAt: now,
      },
    ]);
    await insertWebhooks(client, admission);
    return () => delivery.handOver(admission);
  };
}
