import type pg from 'pg';
import type { Micros } from './money.ts';

/** A limit or balance that has come near its end. */
export interface SpendAlert {
  /** Account or subaccount. */
  readonly authId: string;
  readonly url: string;
  readonly what:
    | { readonly kind: 'day' | 'month'; readonly percent: number; readonly limitMicros: Micros; readonly spentMicros: Micros }
    | { readonly kind: 'balance'; readonly thresholdMicros: Micros; readonly balanceMicros: Micros };
  readonly at: number;
}

/** Puts alerts into the delivery queue, in the transaction that notes them. Resolves with what must be called after its commit. */
export interface SpendAlertNotifier {
  write(client: pg.ClientBase, alerts: readonly SpendAlert[]): Promise<() => void>;
}
