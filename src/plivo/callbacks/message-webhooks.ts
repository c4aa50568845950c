import type pg from 'pg';
import { formatAmount } from '../../billing/money.ts';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { StatusNotifier } from '../../messaging/accept-store.ts';
import type { InboundEvent, InboundNotifier } from '../../messaging/inbound.ts';
import type { StatusChange } from '../../messaging/outbound.ts';
import { keepsNumber } from '../../messaging/redaction.ts';
import type { Ids } from '../../runtime/ids.ts';
import { INBOUND_CONTENT_PARAMS, type InboundMessageEvent, inboundMessageParams } from './inbound-message.ts';
import { messageStatusParams } from './message-status.ts';
import { verifyStatusJob } from './verify-webhooks.ts';

/** Kinds of webhook jobs of messages: they choose retry schedule and what happens with the answer. */
export const MESSAGE_STATUS = 'message-status';
export const INBOUND_MESSAGE = 'inbound-message';

/** Turns what happens to messages into webhooks: rows of the same transaction, sent right after its commit. */
export class MessageWebhooks {
  readonly #ids: Ids;
  readonly #delivery: Dispatcher;

  constructor(ids: Ids, delivery: Dispatcher) {
    this.#ids = ids;
    this.#delivery = delivery;
  }

  readonly status: StatusNotifier = {
    write: (client, changes) =>
      this.#write(
        client,
        changes.map((change) => this.#verifyJob(change) ?? this.#statusJob(change)),
      ),
  };

  readonly inbound: InboundNotifier = {
    write: (client, event) => this.#write(client, [this.#inboundJob(event)]),
  };

  async #write(client: pg.ClientBase, jobs: readonly WebhookJob[]): Promise<() => void> {
    const admission = this.#delivery.admit(jobs);
    await insertWebhooks(client, admission);
    return () => this.#delivery.handOver(admission);
  }

  /** A message that carries a code is told of as an attempt of its session (account-numbers.md §12.4). */
  #verifyJob({ facts, state, errorCode, at }: StatusChange): WebhookJob | undefined {
    if (!facts.verification) return undefined;
    const { sessionId, sequence, requestedAt } = facts.verification;
    return verifyStatusJob(this.#ids, {
      sessionId,
      ownerId: facts.ownerId,
      callback: { url: facts.callbackUrl, method: facts.callbackMethod },
      state: 'in-progress',
      recipient: facts.to,
      channel: 'sms',
      attempt: { attemptId: facts.id, sequence, status: state, errorCode: errorCode ?? undefined, requestedAt },
      at,
    });
  }

  #statusJob({ facts, state, errorCode, sequence, at }: StatusChange): WebhookJob {
    const charged = state !== 'queued' && state !== 'failed';
    const form = messageStatusParams({
      messageId: facts.id,
      from: facts.from,
      to: facts.to,
      redactTo: !keepsNumber(facts.log),
      type: facts.service,
      status: state,
      errorCode,
      units: facts.units,
      totalRate: formatAmount(charged ? facts.rateMicros : 0),
      totalAmount: formatAmount(charged ? facts.amountMicros : 0),
      mcc: facts.mcc,
      mnc: facts.mnc,
      sequence,
      messageTime: facts.createdAt,
      queuedTime: facts.queuedAt,
      sentTime: state === 'queued' ? null : facts.sentAt,
      deliveryReportTime: state === 'delivered' || state === 'undelivered' || state === 'read' ? facts.finalAt : null,
      powerpackId: facts.powerpackId,
      requesterIp: facts.requesterIp,
      conversation: null,
    });
    return {
      id: this.#ids.uuid(),
      accountId: facts.ownerId,
      subjectId: facts.id,
      kind: MESSAGE_STATUS,
      url: facts.callbackUrl,
      method: facts.callbackMethod,
      payload: { form },
      sensitive: [],
      createdAt: at,
    };
  }

  #inboundJob(event: InboundEvent): WebhookJob {
    const { application, message } = event;
    return {
      id: this.#ids.uuid(),
      accountId: event.ownerId,
      subjectId: event.id,
      kind: INBOUND_MESSAGE,
      url: application.messageUrl,
      method: application.messageMethod,
      payload: { form: inboundMessageParams(inboundParameters(event)) },
      // The application gets its message in full; what is kept of the request afterwards follows its log setting.
      sensitive: application.logIncomingMessages ? [] : [...INBOUND_CONTENT_PARAMS, 'From'],
      createdAt: message.receivedAt,
    };
  }
}

function inboundParameters(event: InboundEvent): InboundMessageEvent {
  const { message } = event;
  const base = {
    messageId: event.id,
    from: message.from,
    to: message.to,
    text: message.text,
    units: event.units,
    totalRate: formatAmount(event.rateMicros),
    totalAmount: formatAmount(event.amountMicros),
  };
  const errorCode = event.errorCode ?? null;
  switch (message.service) {
    case 'sms':
      return { ...base, type: 'sms', intent: event.knowsIntents ? (event.intent ?? '') : null, powerpackId: event.powerpackId };
    case 'mms':
      return { ...base, type: 'mms', powerpackId: event.powerpackId, mediaUrls: event.mediaUrls, errorCode };
    case 'whatsapp':
      return {
        ...base,
        type: 'whatsapp',
        contentType: event.mediaUrls.length > 0 ? 'media' : 'text',
        mediaUrls: event.mediaUrls,
        mimeType: message.media[0]?.contentType ?? null,
        errorCode,
        conversation: null,
      };
  }
}
