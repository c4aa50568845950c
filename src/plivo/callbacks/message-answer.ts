import type { Account } from '../../accounts/account.ts';
import { scopeOfOwner } from '../../accounts/owner-scope.ts';
import type { OutcomeHandler, WebhookJob } from '../../delivery/webhook.ts';
import { Problem } from '../../errors/catalogue.ts';
import type { InboundStore } from '../../messaging/inbound-store.ts';
import type { SendService } from '../../messaging/send.ts';
import type { Clock } from '../../runtime/clock.ts';
import { derivedUuid } from '../../runtime/ids.ts';
import type { NoteStore } from '../../timeline/note-store.ts';
import type { MessageElement } from '../../voice/document.ts';
import { XmlError } from '../xml/document.ts';
import { MESSAGE_ANSWER_ELEMENTS, parseResponse } from '../xml/response.ts';

export interface MessageAnswerDependencies {
  readonly clock: Clock;
  readonly inbound: InboundStore;
  readonly sending: SendService;
  readonly notes: NoteStore;
  readonly account: (authId: string) => Promise<Account | undefined>;
}

/** messaging.md §13: as long as an API message may wait. */
const EXPIRY_SECONDS = 10_800;
const XML_TYPE = /^\s*(?:text|application)\/xml\b/i;

/**
 * The end of an inbound message's webhook: the state of the message, and the Message elements of the answer sent, in order.
 * Runs at least once; the messages it sends have ids derived from the job's, so a second run sends nothing twice.
 */
export function messageAnswerHandler(needs: MessageAnswerDependencies): OutcomeHandler {
  return async (job, outcome) => {
    const now = needs.clock.now();
    if (outcome.kind === 'failed') {
      await needs.inbound.finish(job.subjectId, 'undelivered', '300', `message_url failed: ${outcome.reason}`, now);
      return;
    }
    if (XML_TYPE.test(outcome.contentType) && outcome.body.length > 0) await runAnswer(needs, job, outcome.body, now);
    await needs.inbound.finish(job.subjectId, 'delivered', undefined, `message_url answered ${outcome.status}`, now);
  };
}

async function runAnswer(needs: MessageAnswerDependencies, job: WebhookJob, body: Buffer, now: number): Promise<void> {
  const note = (event: string, detail: Record<string, unknown>) =>
    needs.notes.add({ subjectId: job.subjectId, at: now, event, detail });
  // The webhook belongs to the account or subaccount that owns the number; its answer speaks for the same one.
  const scope = await scopeOfOwner(needs.account, job.accountId);
  if (!scope) return;
  let elements: readonly MessageElement[];
  try {
    const document = parseResponse(body, MESSAGE_ANSWER_ELEMENTS);
    for (const ignored of document.notes) await note('xml_note', { note: ignored });
    elements = document.elements;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    await note('xml_error', { error: error.message });
    return;
  }
  for (const [index, element] of elements.entries()) {
    try {
      const sent = await needs.sending.send(scope, {
        src: element.src,
        dst: element.dst.join('<'),
        text: element.text,
        service: 'sms',
        mediaUrls: [],
        mediaIds: [],
        structured: undefined,
        callbackUrl: element.callbackUrl,
        callbackMethod: element.callbackMethod,
        expirySeconds: EXPIRY_SECONDS,
        log: 'true',
        trackable: false,
        details: { answer_to: job.subjectId },
        requesterIp: undefined,
        idempotencyKey: derivedUuid(job.id, index),
      });
      await note('xml_message', { element: index, message_ids: sent.messageIds, invalid: sent.invalid });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      await note('xml_message', { element: index, error: error.message });
    }
  }
}
