import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { ComplianceConfiguration } from '../compliance/configuration.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { TableChange } from './carrier-apply-store.ts';

const NAME = 'registry and enforcement';

/**
 * The registry and the sending rules as the file has them; undefined = it says nothing of them, what was there is removed. What is open
 * is brought before the new registry at once.
 */
export async function replaceCompliance(
  client: pg.ClientBase,
  sealing: Sealing,
  wanted: ComplianceConfiguration | undefined,
  at: Date,
): Promise<readonly TableChange[]> {
  const { rows } = await client.query<{ options: string }>('select options from compliance_settings');
  const current = rows[0] && JSON.parse(sealing.unseal(rows[0].options));
  if (isDeepStrictEqual(current, wanted)) return [];
  await client.query('update registry_cases set due_at = least(due_at, $1) where decided_at is null', [at]);
  if (wanted === undefined) {
    await client.query('delete from compliance_settings');
    return [{ name: NAME, change: 'removed' }];
  }
  await client.query(
    'insert into compliance_settings (options) values ($1) on conflict (only_one) do update set options = excluded.options',
    [sealing.seal(JSON.stringify(wanted))],
  );
  return [{ name: NAME, change: current === undefined ? 'added' : 'changed' }];
}
