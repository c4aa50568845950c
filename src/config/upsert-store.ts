import type pg from 'pg';

export interface UpsertTarget {
  /** Identifiers of ours, never of the file. */
  readonly table: string;
  readonly key: readonly string[];
  /** Rows that may be changed; others are left as they are. */
  readonly changeable?: string;
}

export type Row = Readonly<Record<string, unknown>>;

/** A statement has at most 65,535 parameters; rows have up to 30 columns. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Makes or changes rows so that they have the given values; columns that a row does not name are left alone. Answers which keys
 * (their values joined by blanks) were added or changed: a second run with the same rows answers none.
 */
export async function upsertRows(
  client: pg.ClientBase,
  target: UpsertTarget,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, 'added' | 'changed'>> {
  const results = new Map<string, 'added' | 'changed'>();
  const byColumns = Map.groupBy(rows, (row) => Object.keys(row).join());
  for (const group of byColumns.values()) {
    const columns = Object.keys(group[0] ?? {});
    for (let start = 0; start < group.length; start += ROWS_PER_STATEMENT) {
      const batch = group.slice(start, start + ROWS_PER_STATEMENT);
      const { rows: touched } = await client.query<Row & { inserted: boolean }>(
        statement(target, columns, batch.length),
        batch.flatMap((row) => columns.map((column) => row[column])),
      );
      for (const row of touched) {
        results.set(target.key.map((column) => String(row[column])).join(' '), row.inserted ? 'added' : 'changed');
      }
    }
  }
  return results;
}

function statement({ table, key, changeable }: UpsertTarget, columns: readonly string[], count: number): string {
  const values = Array.from(
    { length: count },
    (_, row) => `(${columns.map((_column, index) => `$${row * columns.length + index + 1}`).join(', ')})`,
  );
  const updated = columns.filter((column) => !key.includes(column));
  const list = (prefix: string) => updated.map((column) => `${prefix}.${column}`).join(', ');
  const action =
    updated.length === 0
      ? 'do nothing'
      : `do update set ${updated.map((column) => `${column} = excluded.${column}`).join(', ')}
         where row(${list(table)}) is distinct from row(${list('excluded')}) ${changeable ? `and ${changeable}` : ''}`;
  return `insert into ${table} (${columns.join(', ')}) values ${values.join(', ')}
    on conflict (${key.join(', ')}) ${action}
    returning ${key.join(', ')}, (xmax = 0) as inserted`;
}

/** Deletes the rows whose keys are not among those to keep. Answers the keys that went. */
export async function deleteOthers(
  client: pg.ClientBase,
  table: string,
  key: readonly string[],
  keep: readonly Row[],
): Promise<readonly string[]> {
  const { rows } = await client.query<Row>(`select ${key.join(', ')} from ${table}`);
  const keyOf = (row: Row) => key.map((column) => String(row[column])).join(' ');
  const kept = new Set(keep.map(keyOf));
  const gone = rows.filter((row) => !kept.has(keyOf(row)));
  for (const row of gone) {
    await client.query(
      `delete from ${table} where ${key.map((column, index) => `${column} = $${index + 1}`).join(' and ')}`,
      key.map((column) => row[column]),
    );
  }
  return gone.map(keyOf);
}
