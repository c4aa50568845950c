import { CompiledQuery, type Kysely } from 'kysely';

/** A statement with its place holders filled. `name` prepares it once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Whatever runs a statement: a pool, a connection in a transaction, or a transaction of typed queries. */
export interface RunsStatements {
  query<Row extends object>(statement: Statement): Promise<{ readonly rows: Row[] }>;
}

/** Statements on the connection of a transaction of typed queries. */
export const onConnectionOf = <Tables>(transaction: Kysely<Tables>): RunsStatements => ({
  async query<Row extends object>({ text, values }: Statement) {
    const { rows } = await transaction.executeQuery<Row>(CompiledQuery.raw(text, values));
    return { rows };
  },
});
