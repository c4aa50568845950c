import type { SipRequest } from '../message.ts';
import type { Endpoint } from '../network.ts';
import type { HeaderList } from '../responses.ts';
import type { Flow, TransportName } from '../transports/flow.ts';
import type { OfferAnswer, SipSession } from './session-types.ts';

/** A call from outside that nobody has answered yet. */
export interface IncomingInvite {
  readonly request: SipRequest;
  readonly callId: string;
  /** Where it came from. */
  readonly source: Endpoint & { readonly transport: TransportName };
  /** The way back to the caller. */
  readonly flow: Flow;
  /** The caller's session description; undefined when it wants to be offered one. */
  readonly offer: string | undefined;
  readonly isCancelled: boolean;
  /** 180. */
  ring(headers?: HeaderList): void;
  /** 183 with early media; reliable when the caller requires that (RFC 3262). */
  progress(sdp: string, headers?: HeaderList): void;
  /**
   * 200. Resolves as soon as the answer is sent, or with the ACK when the call had no offer. What was agreed on before by a reliable
   * `progress`, PRACK or UPDATE stands, whatever is given here; `localSdp` and `remoteSdp` of the session say it. Rejects with `SipCallError` when the
   * call has been cancelled or was decided already.
   */
  accept(sdp: string, headers?: HeaderList): Promise<SipSession>;
  /** @param status 300-699 */
  reject(status: number, parts?: { readonly reason?: string; readonly headers?: HeaderList }): void;
  /** Asks for digest credentials: 401, or 407, with these challenges (`DigestVerifier.challenge`). */
  challenge(challenges: readonly string[], kind?: 'www' | 'proxy'): void;
  /** Called once when the caller has hung up, or vanished, before the answer; at once if it has already. */
  onCancelled(callback: (headers: SipRequest['headers'] | undefined) => void): void;
  /** Answers what the caller offers anew before the answer, by PRACK or UPDATE; without it that gets 488, in a PRACK the end of the call. */
  onOffer(callback: (offer: string) => OfferAnswer | Promise<OfferAnswer>): void;
  /** The caller's PRACK has answered the offer of a reliable `progress`. */
  onAnswer(callback: (answer: string) => void): void;
  /** The answered call whose place this one is to take (RFC 3891); the stack has checked that there is one. */
  readonly replaces: SipSession | undefined;
}
