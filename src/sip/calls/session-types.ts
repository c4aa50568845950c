import type { SipHeaders } from '../headers.ts';
import type { ReferTo } from '../refer.ts';
import type { HeaderList } from '../responses.ts';

/** How a session ended. */
export interface SessionEnd {
  /**
   * `remote` and `local`: by BYE of that side. `timeout`: the peer stopped answering, no ACK came or the session timer ran out.
   * `error`: the peer does not know the session any more. `shutdown`: the stack was stopped.
   */
  readonly by: 'remote' | 'local' | 'timeout' | 'error' | 'shutdown';
  /** Of the peer's BYE. */
  readonly headers: SipHeaders | undefined;
}

/** What is answered to an offer of the peer. */
export type OfferAnswer = { readonly sdp: string } | { readonly reject: number; readonly reason?: string };

/** A REFER of the peer (RFC 3515): it asks this side to call somebody. */
export interface Referral {
  readonly referTo: ReferTo;
  readonly headers: SipHeaders;
  /** Answers 202 and tells the peer 100. */
  accept(): void;
  /**
   * Tells the peer how the new call goes; a final status ends it (RFC 3515 §2.4.5). With a final one resolves when the peer has taken
   * the report, or never will. It goes on after the session: who transfers a call and hangs up may still want to know.
   */
  notify(status: number, reason?: string): Promise<void>;
  reject(status: number): void;
}

/** An answered call (RFC 3261 §12-15). Callbacks are replaced, not added; those that are not set have the default named here. */
export interface SipSession {
  readonly callId: string;
  /** Names its dialog among all of the stack (`dialogId`): Call-ID and both tags. */
  readonly dialogId: string;
  readonly localSdp: string;
  /** Empty until the peer has described itself. */
  readonly remoteSdp: string;
  /** The peer's Contact URI. */
  readonly remoteContact: string;
  readonly isEnded: boolean;
  /** Ends the session; `onEnded` is called before this returns. After the end it does nothing. */
  bye(headers?: HeaderList): void;
  /** Called once; at once when the session has ended already. */
  onEnded(callback: (end: SessionEnd) => void): void;
  /** Offers a new description by re-INVITE; the peer's answer. Rejects with `SipCallError`. Glare is settled inside. */
  reinvite(sdp: string): Promise<string>;
  /** Answers offers of the peer; without it they get 488. An offer that is the one in force is answered here. */
  onOffer(callback: (offer: string) => OfferAnswer | Promise<OfferAnswer>): void;
  /** The peer has answered an offer that it asked for: `remoteSdp` is new. */
  onAnswer(callback: (answer: string) => void): void;
  /** Sends INFO (RFC 6086); the status of its answer. */
  info(contentType: string, body: string | Buffer): Promise<number>;
  /** Sends INFO that nothing follows from: whether it came is not known, and a peer that cannot be reached now is not given up for it. */
  tell(contentType: string, body: string): void;
  /** Takes INFO of the peer, which is answered 200. */
  onInfo(callback: (contentType: string, body: Buffer) => void): void;
  /** Takes REFER of the peer; without it they get 603. */
  onRefer(callback: (referral: Referral) => void): void;
}
