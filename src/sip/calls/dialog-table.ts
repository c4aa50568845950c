import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-address.ts';
import type { ServerTransaction } from '../transactions/server-transaction.ts';
import type { Flow } from '../transports/flow.ts';
import { dialogId } from './dialog.ts';

/** Who serves the requests of a dialog. */
export interface DialogUser {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest, flow: Flow): void;
  /** A 2xx that came after its transaction had ended. */
  onStraySuccess(response: SipResponse): void;
  /** The stack stops: end the dialog without waiting for anything. */
  drop(): void;
}

/** Every dialog of the stack. */
export class DialogTable {
  readonly #users = new Map<string, DialogUser>();

  get size(): number {
    return this.#users.size;
  }

  add(id: string, user: DialogUser): void {
    this.#users.set(id, user);
  }

  /** Removes the dialog unless somebody else serves it by now. */
  remove(id: string, user: DialogUser): void {
    if (this.#users.get(id) === user) this.#users.delete(id);
  }

  /** The dialog of this name. */
  find(callId: string, localTag: string, remoteTag: string): DialogUser | undefined {
    return this.#users.get(dialogId(callId, localTag, remoteTag));
  }

  /** The dialog that a request of the peer belongs to. */
  ofRequest({ headers }: SipRequest): DialogUser | undefined {
    const localTag = tagOf(headers.get('To') ?? '');
    if (localTag === undefined) return undefined;
    return this.#users.get(dialogId(headers.get('Call-ID') ?? '', localTag, tagOf(headers.get('From') ?? '') ?? ''));
  }

  /** The dialog that a response to a request of ours belongs to. */
  ofResponse({ headers }: SipResponse): DialogUser | undefined {
    const localTag = tagOf(headers.get('From') ?? '') ?? '';
    return this.#users.get(dialogId(headers.get('Call-ID') ?? '', localTag, tagOf(headers.get('To') ?? '') ?? ''));
  }

  dropAll(): void {
    for (const user of new Set(this.#users.values())) user.drop();
    this.#users.clear();
  }
}
