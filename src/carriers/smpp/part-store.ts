/** One part of a long incoming message. */
export interface InboundPart {
  readonly carrier: string;
  readonly link: string;
  readonly from: string;
  readonly to: string;
  /** 0-65535, chosen by the sender; with from, to and total it tells messages apart. */
  readonly reference: number;
  readonly total: number;
  /** From 1 to total. */
  readonly part: number;
  readonly dataCoding: number;
  /** Text octets without the user data header. They are not decoded before joining: a character may be split between parts. */
  readonly octets: Uint8Array;
  readonly receivedAt: number;
}

/** The parts of one message that are there, in order of their number. */
export interface PartSet {
  /** Names the set for `complete`. */
  readonly key: string;
  readonly parts: readonly InboundPart[];
}

export type PutOutcome =
  /** `crowded`: more is held than the store means to; `expire` has sets to take away. */
  | { readonly kind: 'held'; readonly crowded: boolean }
  /** This part was the last one missing. The set stays stored until `complete`. */
  | { readonly kind: 'complete'; readonly set: PartSet }
  /** This part belongs to a message that is complete already: the SMSC had not heard our acknowledgement. */
  | { readonly kind: 'duplicate' };

/**
 * Where parts wait for each other. The carrier acknowledges a part to the SMSC once `put` has resolved, so what an implementation
 * stores must survive what an acknowledgement promises to survive: the one of this folder keeps parts in memory and is for
 * tests and trials, the composition root hands in one that writes to the database.
 */
export interface PartStore {
  /**
   * Stores a part. The same part again replaces itself; a part with a stored number but other octets begins a new set, since the
   * sender has come round to the same reference.
   */
  put(part: InboundPart): Promise<PutOutcome>;
  /** The set has been handed over: forget it, but know its parts for a while so that repeats are told as duplicates. */
  complete(set: PartSet): Promise<void>;
  /**
   * Sets of this carrier to be delivered as they are: those whose first part is older than the store's time limit at `now`, and the
   * oldest ones beyond its limit of size. They stay stored until `complete`.
   */
  expire(carrier: string, now: number): Promise<readonly PartSet[]>;
}
