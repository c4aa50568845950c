import type pg from 'pg';
import { applicationDefaults } from '../verification/application-limits.ts';
import type { TableChange } from './carrier-apply-store.ts';
import { upsertRows } from './upsert-store.ts';
import type { VerifyApplicationEntry } from './verify-options.ts';

/** Makes the Verify applications of the file, or changes what differs. `foreign`: the first that is another account's. */
export async function applyVerifyApplications(
  client: pg.ClientBase,
  entries: readonly VerifyApplicationEntry[],
  at: Date,
): Promise<{ readonly changes: readonly TableChange[]; readonly foreign: number | undefined }> {
  const { rows: known } = await client.query<{ appId: string; accountId: string; createdAt: Date }>(
    'select app_id as "appId", account_id as "accountId", created_at as "createdAt" from verify_applications where app_id = any($1)',
    [entries.map((entry) => entry.app_uuid)],
  );
  const owners = new Map(known.map((row) => [row.appId, row]));
  const foreign = entries.findIndex(
    ({ app_uuid, account }) => (owners.get(app_uuid.toLowerCase())?.accountId ?? account) !== account,
  );
  if (foreign >= 0) return { changes: [], foreign };
  const { rows: accounts } = await client.query<{ authId: string; name: string }>(
    'select auth_id as "authId", name from accounts where auth_id = any($1)',
    [entries.map((entry) => entry.account)],
  );
  const names = new Map(accounts.map(({ authId, name }) => [authId, name]));
  const rows = entries.map((entry) => ({
    app_id: entry.app_uuid.toLowerCase(),
    account_id: entry.account,
    alias: entry.name,
    brand_name: entry.brand_name ?? names.get(entry.account) ?? '',
    code_length: entry.code_length ?? applicationDefaults.codeLength,
    expiry_seconds: entry.expiry_seconds ?? applicationDefaults.expiryS,
    max_attempts: entry.max_attempts ?? applicationDefaults.maxAttempts,
    template: entry.template ?? applicationDefaults.template,
    app_hash: entry.app_hash ?? applicationDefaults.appHash,
    channels: entry.channels ?? applicationDefaults.channels,
    locale: entry.locale ?? applicationDefaults.locale,
    is_default: entry.default ?? false,
    created_at: owners.get(entry.app_uuid.toLowerCase())?.createdAt ?? at,
  }));
  for (const { app_id, account_id } of rows.filter(({ is_default }) => is_default)) {
    await client.query(
      'update verify_applications set is_default = false where account_id = $1 and is_default and app_id <> $2',
      [account_id, app_id],
    );
  }
  const results = await upsertRows(client, { table: 'verify_applications', key: ['app_id'] }, rows);
  return {
    changes: rows.flatMap(({ app_id, alias }) => {
      const change = results.get(app_id);
      return change ? [{ name: alias, change }] : [];
    }),
    foreign: undefined,
  };
}
