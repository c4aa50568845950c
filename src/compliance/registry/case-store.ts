import type pg from 'pg';
import type { CaseKind, RegistryCase, Verdict } from './case.ts';

interface Row {
  case_id: string;
  kind: CaseKind;
  subject_id: string;
  account_id: string;
  facts: Record<string, unknown>;
  asked: number;
  opened_at: Date;
  due_at: Date;
  deadline: Date;
  last_error: string | null;
  decided_at: Date | null;
  decided_by: string | null;
  verdict: Verdict | null;
}

export type NewCase = Pick<RegistryCase, 'id' | 'kind' | 'subjectId' | 'accountId' | 'facts' | 'openedAt' | 'dueAt' | 'deadline'>;

export interface CaseFilter {
  readonly pending?: boolean | undefined;
  readonly kind?: CaseKind | undefined;
  readonly accountId?: string | undefined;
}

const ERROR_CHARACTERS = 500;

/** Cases in storage. */
export class CaseStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Opens a case; one of the same kind and subject that is still open is withdrawn. */
  async open(client: pg.ClientBase, opened: NewCase): Promise<void> {
    await this.withdraw(client, opened.kind, opened.subjectId);
    await client.query(
      `insert into registry_cases (case_id, kind, subject_id, account_id, facts, opened_at, due_at, deadline)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        opened.id,
        opened.kind,
        opened.subjectId,
        opened.accountId,
        JSON.stringify(opened.facts),
        opened.openedAt,
        opened.dueAt,
        opened.deadline,
      ],
    );
  }

  /** Forgets the open case of a subject; false when there is none. */
  async withdraw(client: pg.ClientBase, kind: CaseKind, subjectId: string): Promise<boolean> {
    const { rowCount } = await client.query(
      'delete from registry_cases where kind = $1 and subject_id = $2 and decided_at is null',
      [kind, subjectId],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Adds to what the registry is shown of an open case, and makes it due; false when there is none. */
  async amend(client: pg.ClientBase, kind: CaseKind, subjectId: string, facts: object, dueAt: Date): Promise<boolean> {
    const { rowCount } = await client.query(
      `update registry_cases set facts = facts || $3::jsonb, due_at = least(due_at, $4)
       where kind = $1 and subject_id = $2 and decided_at is null`,
      [kind, subjectId, JSON.stringify(facts), dueAt],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Takes up to `limit` cases that are due; they are nobody else's until `until`. */
  async claim(limit: number, now: Date, until: Date): Promise<readonly RegistryCase[]> {
    const { rows } = await this.#pool.query<Row>(
      `update registry_cases set due_at = $3 where case_id in (
         select case_id from registry_cases where decided_at is null and due_at <= $2 order by due_at limit $1 for update skip locked)
       returning *`,
      [limit, now, until],
    );
    return rows.map(toCase);
  }

  /** When the next case is due. */
  async nextDue(): Promise<Date | undefined> {
    const { rows } = await this.#pool.query<{ due: Date | null }>(
      'select min(due_at) as due from registry_cases where decided_at is null',
    );
    return rows[0]?.due ?? undefined;
  }

  async askAgain(id: string, at: Date, error: string | undefined): Promise<void> {
    await this.#pool.query(
      `update registry_cases set due_at = least($2, deadline), asked = asked + 1, last_error = $3
       where case_id = $1 and decided_at is null`,
      [id, at, error === undefined ? null : storable(error)],
    );
  }

  /** False when it is not open any more: it was withdrawn, or decided. */
  async close(client: pg.ClientBase, id: string, verdict: Verdict, by: string, at: Date): Promise<boolean> {
    const { rowCount } = await client.query(
      `update registry_cases set decided_at = $2, decided_by = $3, verdict = $4, asked = asked + 1
       where case_id = $1 and decided_at is null`,
      [id, at, by, JSON.stringify(verdict)],
    );
    return (rowCount ?? 0) > 0;
  }

  async find(id: string): Promise<RegistryCase | undefined> {
    const { rows } = await this.#pool.query<Row>('select * from registry_cases where case_id = $1', [id]);
    return rows[0] && toCase(rows[0]);
  }

  /** Oldest first. */
  async list(filter: CaseFilter, limit: number, offset: number): Promise<readonly RegistryCase[]> {
    const { rows } = await this.#pool.query<Row>(
      `select * from registry_cases
       where ($1::boolean is null or (decided_at is null) = $1) and ($2::text is null or kind = $2) and ($3::text is null or account_id = $3)
       order by opened_at, case_id limit $4 offset $5`,
      [filter.pending ?? null, filter.kind ?? null, filter.accountId ?? null, limit, offset],
    );
    return rows.map(toCase);
  }

  async forgetDecidedBefore(at: Date): Promise<void> {
    await this.#pool.query('delete from registry_cases where decided_at < $1', [at]);
  }
}

/** Postgres text takes neither NUL nor halves of surrogate pairs. */
const storable = (text: string) => text.slice(0, ERROR_CHARACTERS).replaceAll('\u0000', '\uFFFD').toWellFormed();

const toCase = (row: Row): RegistryCase => ({
  id: row.case_id,
  kind: row.kind,
  subjectId: row.subject_id,
  accountId: row.account_id,
  facts: row.facts,
  asked: row.asked,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  deadline: row.deadline,
  lastError: row.last_error,
  decidedAt: row.decided_at,
  decidedBy: row.decided_by,
  verdict: row.verdict,
});
