import type { Account } from '../accounts/account.ts';
import { scopeOfOwner } from '../accounts/owner-scope.ts';
import { Problem } from '../errors/catalogue.ts';
import type { MessageRelay, RelayedMessage } from '../messaging/inbound.ts';
import type { SendService } from '../messaging/send.ts';
import type { Log } from '../runtime/log.ts';
import type { MaskedNumbers } from './masked-numbers.ts';

export interface MaskedMessagesNeeds {
  readonly numbers: Pick<MaskedNumbers, 'messageFor'>;
  readonly sending: () => Pick<SendService, 'send'>;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly log: Log;
}

/** As long as an ordinary message. */
const EXPIRY_S = 10_800;

/** Passes messages on between the parties of masking sessions: from the virtual number, as messages of the session's owner. */
export class MaskedMessages implements MessageRelay {
  readonly #needs: MaskedMessagesNeeds;

  constructor(needs: MaskedMessagesNeeds) {
    this.#needs = needs;
  }

  async relay(message: RelayedMessage): Promise<boolean> {
    if (message.service === 'whatsapp') return false;
    const { numbers, account: find, sending, log } = this.#needs;
    const masked = await numbers.messageFor(message.to, message.from);
    if (!masked) return false;
    const scope = await scopeOfOwner(find, masked.ownerId);
    if (!scope) return false;
    try {
      await sending().send(scope, {
        src: message.to,
        dst: masked.to,
        text: message.text,
        service: message.service,
        mediaUrls: [],
        mediaIds: message.mediaIds,
        structured: undefined,
        callbackUrl: undefined,
        callbackMethod: 'POST',
        expirySeconds: EXPIRY_S,
        log: 'true',
        trackable: false,
        details: { masking_session: masked.sessionId },
        requesterIp: undefined,
        // The carrier that hands the message over again has it passed on once.
        idempotencyKey: message.id,
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'unavailable') throw error;
      log.warn(
        { session_uuid: masked.sessionId, message_uuid: message.id, reason: error.message },
        'a masked message was not passed on',
      );
    }
    return true;
  }
}
