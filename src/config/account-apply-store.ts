import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { AccountSettings } from '../accounts/account.ts';
import { chargeOnce } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import type { Sealing } from '../storage/sealing.ts';

/** What the file says of an account or subaccount; undefined = it says nothing, so nothing changes. */
export interface DesiredAccount {
  readonly authId: string;
  readonly parentId: string | null;
  readonly authToken: string | undefined;
  readonly name: string | undefined;
  readonly address?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly timezone?: string | undefined;
  readonly enabled: boolean | undefined;
  readonly billing?: 'prepaid' | 'postpaid' | undefined;
  /** Credit granted in all: what is more than the last time is added to the balance, so use is never undone. */
  readonly grantedMicros?: Micros | undefined;
  readonly settings?: AccountSettings;
}

interface AccountRow {
  auth_id: string;
  parent_id: string | null;
  auth_token: string;
  name: string;
  address: string;
  city: string;
  state: string;
  timezone: string;
  enabled: boolean;
  billing_mode: string;
  granted_micros: number;
  settings: AccountSettings;
}

export type AccountResult = 'added' | 'changed' | 'unchanged' | 'needs a token' | 'belongs to another account';

/** Makes an account, or changes what differs from the file. */
export async function applyAccount(
  client: pg.ClientBase,
  sealing: Sealing,
  desired: DesiredAccount,
  at: Date,
): Promise<AccountResult> {
  const { rows } = await client.query<AccountRow>('select * from accounts where auth_id = $1 for update', [desired.authId]);
  const current = rows[0];
  if (!current)
    return desired.authToken === undefined ? 'needs a token' : await insert(client, sealing, desired, desired.authToken, at);
  if (current.parent_id !== desired.parentId) return 'belongs to another account';
  const wanted: Record<string, unknown> = {
    name: desired.name,
    address: desired.address,
    city: desired.city,
    state: desired.state,
    timezone: desired.timezone,
    enabled: desired.enabled,
    billing_mode: desired.billing,
    granted_micros: desired.grantedMicros,
    ...(desired.settings && { settings: { ...current.settings, ...desired.settings } }),
  };
  const known: Record<string, unknown> = { ...current };
  const changes = Object.entries(wanted).filter(
    ([column, value]) => value !== undefined && !isDeepStrictEqual(value, known[column]),
  );
  if (desired.authToken !== undefined && sealing.unseal(current.auth_token) !== desired.authToken) {
    changes.push(['auth_token', sealing.seal(desired.authToken)]);
  }
  if (changes.length === 0) return 'unchanged';
  const credit = desired.grantedMicros === undefined ? 0 : desired.grantedMicros - current.granted_micros;
  // Whoever may spend more, or has more, is not refused for what was.
  const mayPay = credit > 0 || changes.some(([column]) => column === 'settings' || column === 'billing_mode');
  await grant(client, desired.authId, credit, desired.grantedMicros ?? 0, at);
  await client.query(
    `update accounts set modified_at = $3, credit_lock_until = case when $2 then null else credit_lock_until end,
       ${changes.map(([column], index) => `${column} = $${index + 4}`).join(', ')} where auth_id = $1`,
    [desired.authId, mayPay, at, ...changes.map(([column, value]) => (column === 'settings' ? JSON.stringify(value) : value))],
  );
  return 'changed';
}

async function insert(
  client: pg.ClientBase,
  sealing: Sealing,
  desired: DesiredAccount,
  authToken: string,
  at: Date,
): Promise<AccountResult> {
  const granted = desired.grantedMicros ?? 0;
  await client.query(
    `insert into accounts (auth_id, parent_id, auth_token, name, address, city, state, timezone, enabled, billing_mode,
       granted_micros, settings, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      desired.authId,
      desired.parentId,
      sealing.seal(authToken),
      desired.name ?? desired.authId,
      desired.address ?? '',
      desired.city ?? '',
      desired.state ?? '',
      desired.timezone ?? 'UTC',
      desired.enabled ?? true,
      desired.billing ?? 'postpaid',
      granted,
      JSON.stringify(desired.settings ?? {}),
      at,
    ],
  );
  await grant(client, desired.authId, granted, granted, at);
  return 'added';
}

/** Credit of the file: an entry of the ledger for each time that the file changes it. */
async function grant(client: pg.ClientBase, authId: string, micros: Micros, inAll: Micros, at: Date): Promise<void> {
  const key = `grant:${authId}:${inAll}:${at.toISOString()}`;
  const due = { accountId: authId, ownerId: authId, kind: 'credit', micros: -micros, detail: 'balance of the file' } as const;
  await chargeOnce(client, [{ ...due, key, at: at.getTime() }]);
}

/** Every account with the main account it belongs to, null for a main account. */
export async function accountsKnown(client: pg.ClientBase): Promise<Map<string, string | null>> {
  const { rows } = await client.query<{ auth_id: string; parent_id: string | null }>('select auth_id, parent_id from accounts');
  return new Map(rows.map((row) => [row.auth_id, row.parent_id]));
}
