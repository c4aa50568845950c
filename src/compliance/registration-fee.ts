import { chargeOnce } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import { affordable } from '../billing/standing-store.ts';
import { Problem } from '../errors/catalogue.ts';
import { ownerIdOf } from './ownership.ts';
import type { Step } from './proceedings.ts';

/** What is put before the registry: `key` is charged once. */
export interface RegistrationFee {
  readonly kind: 'brand_registration' | 'campaign_vetting';
  readonly micros: Micros;
  readonly key: string;
}

/**
 * Takes a fee in the step that puts something before the registry, so that both happen or neither.
 *
 * @throws Problem `insufficient_credit`: then nothing of the step is kept
 */
export async function takeFee(
  { client, at }: Step,
  subject: { readonly id: string; readonly accountId: string; readonly subaccountId: string | null },
  { kind, micros, key }: RegistrationFee,
): Promise<void> {
  if (micros === 0) return;
  const due = { accountId: subject.accountId, ownerId: ownerIdOf(subject), kind, micros, at: at.getTime() };
  if (!(await affordable(client, due.accountId, due.ownerId, micros, due.at))) {
    throw new Problem('insufficient_credit', 'Insufficient Credit');
  }
  await chargeOnce(client, [{ ...due, key, detail: subject.id }]);
}
