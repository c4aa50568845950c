import type pg from 'pg';

/** Columns that name an account or subaccount. */
const OWNER_COLUMNS = ['account_id', 'subaccount_id', 'owner_id', 'auth_id', 'parent_id'];

/**
 * Checksums of the rows that belong to some accounts, of every table that has a column for it; and of what hangs below them without one,
 * the number of rows.
 */
export class TableSums {
  readonly #pool: pg.Pool;
  readonly #query: string;
  readonly tables: readonly string[];

  private constructor(pool: pg.Pool, owned: ReadonlyMap<string, readonly string[]>) {
    this.#pool = pool;
    this.tables = [...owned.keys()];
    this.#query = [...owned]
      .map(([table, columns]) => {
        const mine = columns.map((column) => `t."${column}"::text = any($1)`).join(' or ');
        return `select '${table}' as table, count(*)::text || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from "${table}" t where (${mine}) and strpos(t::text, $2) = 0`;
      })
      .join(' union all ');
  }

  static async of(pool: pg.Pool): Promise<TableSums> {
    const { rows } = await pool.query<{ table_name: string; column_name: string }>(
      `select c.table_name, c.column_name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.column_name = any($1)
         and c.table_name <> 'registry_cases' -- the registry's own notes about what accounts have registered
         and not exists (select from pg_inherits i join pg_class p on p.oid = i.inhrelid where p.relname = c.table_name)
       order by 1, 2`,
      [OWNER_COLUMNS],
    );
    const owned = new Map<string, string[]>();
    for (const { table_name: table, column_name: column } of rows) owned.set(table, [...(owned.get(table) ?? []), column]);
    return new TableSums(pool, owned);
  }

  /** Without the rows that say `except`. */
  async take(accounts: readonly string[], except: string): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ table: string; sum: string }>(this.#query, [accounts, except]);
    return new Map(rows.map(({ table, sum }) => [table, sum]));
  }
}
