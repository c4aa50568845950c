import { pay } from '../billing/charges.ts';
import type { Micros } from '../billing/money.ts';
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
export function takeFee(
  { client, at }: Step,
  subject: { readonly id: string; readonly accountId: string; readonly subaccountId: string | null },
  fee: RegistrationFee,
): Promise<void> {
  const { id, accountId } = subject;
  return pay(client, { ...fee, accountId, ownerId: ownerIdOf(subject), at: at.getTime(), detail: id });
}
