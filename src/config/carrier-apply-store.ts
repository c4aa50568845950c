import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Sealing } from '../storage/sealing.ts';
import type { CarrierOptions } from './carrier-options.ts';
import { deleteOthers, type Row, upsertRows } from './upsert-store.ts';

export interface TableChange {
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** Carriers as the file has them, in its order; others are removed. Sealed options are compared by what is inside. */
export async function replaceCarriers(
  client: pg.ClientBase,
  sealing: Sealing,
  carriers: readonly { readonly name: string; readonly kind: string; readonly options: CarrierOptions }[],
): Promise<readonly TableChange[]> {
  const { rows: current } = await client.query<{ name: string; options: string }>('select name, options from carriers');
  const sealed = new Map(current.map((row) => [row.name, row.options]));
  const rows = carriers.map(({ name, kind, options }, position) => {
    const known = sealed.get(name);
    const same = known !== undefined && isDeepStrictEqual(JSON.parse(sealing.unseal(known)), options);
    return { name, kind, position, options: same ? known : sealing.seal(JSON.stringify(options)) };
  });
  return await replaceRows(client, 'carriers', ['name'], rows);
}

/** Gives a table exactly these rows. */
export async function replaceRows(
  client: pg.ClientBase,
  table: 'carriers' | 'routes' | 'rates' | 'networks' | 'do_not_originate' | 'carrier_costs',
  key: readonly string[],
  rows: readonly Row[],
): Promise<readonly TableChange[]> {
  const removed = await deleteOthers(client, table, key, rows);
  const touched = await upsertRows(client, { table, key }, rows);
  return [
    ...removed.map((name) => ({ name, change: 'removed' as const })),
    ...[...touched].map(([name, change]) => ({ name, change })),
  ];
}

/** Any constant of our own: two nodes that start together apply one after the other. */
const APPLY_LOCK = 7464_0012;

export async function lockConfiguration(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [APPLY_LOCK]);
}

/** Nodes that listen load the configuration anew once the transaction is committed. */
export async function announceConfiguration(client: pg.ClientBase): Promise<void> {
  await client.query('notify ringdown_config');
}
