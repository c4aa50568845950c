import type { Micros } from '../billing/money.ts';
import type { CarrierReceipt, MessageService, PartOutcome } from '../carriers/carrier.ts';

/** One part of one attempt as it is stored. */
export interface AttemptRow {
  readonly messageId: string;
  readonly attempt: number;
  readonly part: number;
  readonly carrier: string;
  readonly link: string;
  readonly submittedAt: number;
  readonly answeredAt: number;
  readonly outcome: PartOutcome['kind'];
  readonly carrierMessageId: string | undefined;
  readonly errorCode: string | undefined;
  readonly summary: string;
  readonly costMicros: Micros;
}

/** What the messaging engine writes down after a message has left, failed, or must be tried again, and what carriers report later. */
export type Outcome =
  | {
      readonly kind: 'sent';
      readonly messageId: string;
      readonly attempts: readonly AttemptRow[];
      readonly cause: string;
      readonly chargeMicros: Micros;
      /** What the charge counts as, and for whom. */
      readonly service: MessageService;
      readonly ownerId: string;
      readonly at: number;
    }
  | {
      readonly kind: 'failed';
      readonly messageId: string;
      readonly attempts: readonly AttemptRow[];
      readonly errorCode: string;
      readonly cause: string;
      /** Account or subaccount that may send nothing for a while, because it cannot pay. */
      readonly locks?: string | undefined;
      readonly at: number;
    }
  | {
      readonly kind: 'again';
      readonly messageId: string;
      readonly attempts: readonly AttemptRow[];
      readonly attempt: number;
      readonly tried: readonly string[];
      readonly pendingParts: readonly number[];
      readonly at: number;
    }
  | { readonly kind: 'receipt'; readonly receipt: CarrierReceipt }
  /** Look for receipts that came before their submit response was recorded. */
  | { readonly kind: 'sweep'; readonly at: number };
