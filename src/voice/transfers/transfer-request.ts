/** The far end of a call asks that whom it talks to be connected with somebody else (RFC 3515). One of `accept` and `refuse` is called. */
export interface TransferRequest {
  /** Whom, as it is written: a SIP or tel URI. */
  readonly target: string;
  /** Host that the far end has in its own address. */
  readonly peerHost: string;
  /**
   * Attended: the far end has talked to the target before, in the call of this CallUUID; undefined = in one that is not here. `earlyOnly`:
   * only if that call still rings.
   */
  readonly attended: { readonly callId: string | undefined; readonly earlyOnly: boolean } | undefined;
  /** It is under way: reports follow. */
  accept(): void;
  /** How it goes, as a SIP status; from 200 on the outcome. Resolves when the far end knows the outcome, or will not. */
  report(status: number): Promise<void>;
  refuse(status: number): void;
}
