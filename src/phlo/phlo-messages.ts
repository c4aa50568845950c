import type { Account } from '../accounts/account.ts';
import { scopeOfOwner } from '../accounts/owner-scope.ts';
import { Problem } from '../errors/catalogue.ts';
import type { MessageRelay, RelayedMessage } from '../messaging/inbound.ts';
import { derivedUuid } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { PhloRuns } from './phlo-runs.ts';
import type { PhloStore } from './phlo-store.ts';

export interface PhloMessagesNeeds {
  readonly store: Pick<PhloStore, 'findAny'>;
  readonly runs: Pick<PhloRuns, 'start'>;
  /** The PHLO of the Powerpack that answers for a number. */
  readonly phloOf: (number: string) => Promise<string | null | undefined>;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly log: Log;
}

/**
 * Runs the PHLO of a Powerpack for each message that comes in for one of its numbers (messaging.md §7). Its payload is what an application
 * would be told, and `from` and `to` as an answer has them: from the number, to who wrote.
 */
export class PhloMessages implements MessageRelay {
  readonly #needs: PhloMessagesNeeds;

  constructor(needs: PhloMessagesNeeds) {
    this.#needs = needs;
  }

  async relay(message: RelayedMessage): Promise<boolean> {
    const { store, runs, phloOf, account, log } = this.#needs;
    const { id, to, from, text, service } = message;
    const phloId = service === 'whatsapp' ? undefined : await phloOf(to);
    const phlo = phloId ? await store.findAny(phloId) : undefined;
    const scope = phlo && (await scopeOfOwner(account, phlo.ownerId));
    if (!phlo || !scope) return false;
    const payload = { MessageUUID: id, From: from, To: to, Text: text, Type: service, from: to, to: from };
    try {
      await runs.start(scope, phlo, { runId: derivedUuid(id, 'phlo'), payload, requesterIp: '' });
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'unavailable') throw error;
      // What stands behind the colon may repeat what was written, and by whom.
      const [reason] = error.message.split(':');
      log.warn({ phlo_id: phlo.phloId, message_uuid: id, reason }, 'a PHLO was not run for a message');
    }
    return true;
  }
}
