import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import type { Phlo, PhloNode } from './phlo.ts';

interface PhloRow {
  readonly phloId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly from: string | null;
  readonly document: string | null;
  readonly url: string | null;
  readonly nodes: readonly PhloNode[];
  readonly createdAt: Date;
}

const COLUMNS = `phlo_id as "phloId", account_id as "accountId", owner_id as "ownerId", name, from_number as "from", document, url, nodes,
  created_at as "createdAt"`;

/** More than an operator looks through. */
const MAX_LISTED = 1_000;

/** Stored flows. */
export class PhloStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** A subaccount finds its own alone. */
  async find({ accountId, subaccountId }: Reach, phloId: string): Promise<Phlo | undefined> {
    const found = await this.findAny(phloId);
    if (found?.accountId !== accountId) return undefined;
    return subaccountId === undefined || found.ownerId === subaccountId ? found : undefined;
  }

  async findAny(phloId: string): Promise<Phlo | undefined> {
    if (!isUuid(phloId)) return undefined;
    const { rows } = await this.#pool.query<PhloRow>(`select ${COLUMNS} from phlos where phlo_id = $1`, [phloId]);
    return rows[0] && toPhlo(rows[0]);
  }

  /** Newest first; undefined = of all accounts. */
  async list(accountId: string | undefined): Promise<readonly Phlo[]> {
    const { rows } = await this.#pool.query<PhloRow>(
      `select ${COLUMNS} from phlos where $1::text is null or account_id = $1 order by created_at desc, phlo_id limit ${MAX_LISTED}`,
      [accountId ?? null],
    );
    return rows.map(toPhlo);
  }

  /** False: there is one with this id. */
  async insert(phlo: Phlo): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into phlos (phlo_id, account_id, owner_id, name, from_number, document, url, nodes, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [phlo.phloId, phlo.accountId, phlo.ownerId, ...contentOf(phlo), phlo.createdAt],
    );
    return rowCount === 1;
  }

  /** Whose it is stays. */
  async update(phlo: Phlo): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      'update phlos set name = $2, from_number = $3, document = $4, url = $5, nodes = $6 where phlo_id = $1',
      [phlo.phloId, ...contentOf(phlo)],
    );
    return rowCount === 1;
  }

  /** Its runs stay readable by nobody and are forgotten in their time. */
  async delete(phloId: string): Promise<boolean> {
    if (!isUuid(phloId)) return false;
    const { rowCount } = await this.#pool.query('delete from phlos where phlo_id = $1', [phloId]);
    return rowCount === 1;
  }
}

const contentOf = ({ name, from, source, nodes }: Phlo) => [
  name,
  from,
  source.kind === 'document' ? source.xml : null,
  source.kind === 'url' ? source.url : null,
  JSON.stringify(nodes),
];

function toPhlo({ document, url, ...row }: PhloRow): Phlo {
  return { ...row, source: document === null ? { kind: 'url', url: url ?? '' } : { kind: 'document', xml: document } };
}
