import { dialogId } from '../../sip/calls/dialog.ts';
import type { SipSession } from '../../sip/calls/session-types.ts';
import type { Replaces } from '../../sip/refer.ts';

/** Which call each SIP session is the leg of, while it lasts. */
export class LegSessions {
  readonly #calls = new Map<string, string>();

  /** Returns what forgets it again. */
  add({ dialogId: id }: SipSession, callId: string): () => void {
    this.#calls.set(id, callId);
    return () => this.#calls.delete(id);
  }

  /** CallUUID of the call whose leg this is. */
  ofSession({ dialogId: id }: SipSession): string | undefined {
    return this.#calls.get(id);
  }

  /** Of the dialog that a `Replaces` names: its tags are as we, who would get it, have them (RFC 3891 §3). */
  ofReplaces({ callId, toTag, fromTag }: Replaces): string | undefined {
    return this.#calls.get(dialogId(callId, toTag, fromTag));
  }
}
