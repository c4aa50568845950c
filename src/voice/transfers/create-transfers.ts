import type { Account } from '../../accounts/account.ts';
import type { Trunks } from '../../carriers/sip/trunks.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { CallEnvironment } from '../call.ts';
import type { CallRates } from '../call-rates.ts';
import type { Endpoint } from '../endpoint-store.ts';
import type { FlowServices } from '../flow-services.ts';
import type { LiveCalls } from '../live-calls.ts';
import { ReplacingCalls } from './replacing-calls.ts';
import { TransferPolicy } from './transfer-policy.ts';
import { Transfers } from './transfers.ts';

export interface TransferGround extends CallEnvironment {
  readonly ids: Ids;
  readonly live: LiveCalls;
  readonly rates: CallRates;
  readonly home: ReadonlySet<string>;
  account(authId: string): Promise<Account | undefined>;
}

/** Transfers by far ends, and calls that take the place of others: wired. */
export function createTransfers(
  ground: TransferGround,
  services: FlowServices,
  trunks: Pick<Trunks, 'find'>,
  endpoint: (username: string) => Promise<Pick<Endpoint, 'accountId' | 'subaccountId'> | undefined>,
): { readonly transfers: Transfers; readonly replacing: ReplacingCalls } {
  const { home, account, live, ids } = ground;
  const policy = new TransferPolicy({ home, account, endpoint, trunk: (name) => trunks.find(name) });
  return {
    transfers: new Transfers({ live, services, ids, policy, home }),
    replacing: new ReplacingCalls({ ...ground, services, policy }),
  };
}
