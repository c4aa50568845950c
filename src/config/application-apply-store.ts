import type pg from 'pg';
import { type Row, upsertRows } from './upsert-store.ts';

/** An application of the file, in columns; columns it does not name stay as they are. */
export interface DesiredApplication {
  readonly accountId: string;
  readonly name: string;
  readonly columns: Row;
}

export interface AppliedApplications {
  readonly changes: readonly { readonly name: string; readonly change: 'added' | 'changed' }[];
}

const DEFAULTS = ['default_number_app', 'default_endpoint_app'] as const;

/** Application id by account and name: the oldest of that name, because names may repeat. */
export async function applicationIds(client: pg.ClientBase, accountIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ app_id: string; account_id: string; name: string }>(
    'select app_id, account_id, name from applications where account_id = any($1) order by created_at desc, app_id desc',
    [accountIds],
  );
  return new Map(rows.map((row) => [applicationKey(row.account_id, row.name), row.app_id]));
}

export const applicationKey = (accountId: string, name: string): string => `${accountId} ${name}`;

/** Makes the applications of the file, or changes what differs. `ids` holds their ids afterwards. */
export async function applyApplications(
  client: pg.ClientBase,
  desired: readonly DesiredApplication[],
  ids: Map<string, string>,
  newId: () => string,
): Promise<AppliedApplications> {
  const rows = desired.map(({ accountId, name, columns }) => {
    const key = applicationKey(accountId, name);
    const known = ids.get(key);
    const appId = known ?? newId();
    ids.set(key, appId);
    const isNew = known === undefined;
    return {
      app_id: appId,
      account_id: accountId,
      name,
      ...(isNew && { hangup_url: columns.answer_url ?? '' }),
      ...columns,
    };
  });
  for (const flag of DEFAULTS) {
    for (const row of rows.filter((candidate: Row) => candidate[flag] === true)) {
      await client.query(`update applications set ${flag} = false where account_id = $1 and app_id <> $2 and ${flag}`, [
        row.account_id,
        row.app_id,
      ]);
    }
  }
  const results = await upsertRows(client, { table: 'applications', key: ['app_id'] }, rows);
  return {
    changes: rows.flatMap((row) => {
      const change = results.get(row.app_id);
      return change ? [{ name: row.name, change }] : [];
    }),
  };
}
