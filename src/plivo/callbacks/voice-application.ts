import type { CallApplication, CallNotification, DocumentAnswer, DocumentRequest } from '../../voice/call-application.ts';
import type { WriteNotifications } from '../../voice/write-notifications.ts';
import { CallWebhooks, type CallWebhooksNeeds } from './call-webhooks.ts';
import { DocumentFetch, type DocumentFetchNeeds } from './document-fetch.ts';

export interface VoiceApplicationNeeds extends DocumentFetchNeeds, CallWebhooksNeeds {
  /** Documents that no server has to be asked for; undefined = this is none of them. Never rejects. */
  readonly stored?: ((request: DocumentRequest) => Promise<DocumentAnswer | undefined>) | undefined;
}

/** The customer's application behind its URLs: documents at once, notifications through the durable queue. */
export class VoiceApplication implements CallApplication {
  readonly #documents: DocumentFetch;
  readonly #webhooks: CallWebhooks;
  readonly #stored: VoiceApplicationNeeds['stored'];

  constructor(needs: VoiceApplicationNeeds) {
    this.#documents = new DocumentFetch(needs);
    this.#webhooks = new CallWebhooks(needs);
    this.#stored = needs.stored;
  }

  async fetch(request: DocumentRequest, signal: AbortSignal): Promise<DocumentAnswer> {
    const stored = await this.#stored?.(request);
    return stored ?? this.#documents.fetch(request, signal);
  }

  notify(notification: CallNotification): Promise<void> {
    return this.#webhooks.notify(notification);
  }

  /**
   * Writes notifications in the caller's transaction, so that a call's record and its hangup webhook exist together or not at all.
   * The function that comes back sends them; call it after the commit.
   */
  readonly writeNotifications: WriteNotifications = (client, notifications) => this.#webhooks.write(client, notifications);
}
