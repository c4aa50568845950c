import type pg from 'pg';
import type { PageRequest } from '../accounts/reach.ts';
import type { LinkState } from './campaign-machine.ts';
import type { StatusCallback } from './enums.ts';

export type StoredLinkState = Exclude<LinkState, 'UNREGISTERED'>;

/** A number at a campaign. */
export interface CampaignNumber {
  readonly number: string;
  readonly campaignId: string;
  readonly status: StoredLinkState;
  /** Of the last request about it. */
  readonly callback: StatusCallback | undefined;
}

type Client = pg.ClientBase | pg.Pool;
type Counts = Readonly<Record<StoredLinkState, number>>;

interface Row {
  number: string;
  campaign_id: string;
  status: StoredLinkState;
  url: string | null;
  method: 'GET' | 'POST';
}

const COLUMNS = 'number, campaign_id, status, url, method';

export class CampaignNumberStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(number: string, client: Client = this.#pool): Promise<CampaignNumber | undefined> {
    const { rows } = await client.query<Row>(`select ${COLUMNS} from tendlc_campaign_numbers where number = $1`, [number]);
    return rows[0] && toNumber(rows[0]);
  }

  async lock(client: pg.ClientBase, number: string): Promise<CampaignNumber | undefined> {
    const { rows } = await client.query<Row>(`select ${COLUMNS} from tendlc_campaign_numbers where number = $1 for update`, [
      number,
    ]);
    return rows[0] && toNumber(rows[0]);
  }

  /** In the order they were linked. */
  async list(campaignId: string, page: PageRequest): Promise<readonly CampaignNumber[]> {
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from tendlc_campaign_numbers where campaign_id = $1 order by created_at, number limit $2 offset $3`,
      [campaignId, page.limit, page.offset],
    );
    return rows.map(toNumber);
  }

  async count(campaignId: string, client: Client = this.#pool): Promise<Counts> {
    const { rows } = await client.query<{ status: StoredLinkState; count: number }>(
      'select status, count(*) as count from tendlc_campaign_numbers where campaign_id = $1 group by status',
      [campaignId],
    );
    const counts = { LINKING: 0, LINKED: 0, FAILED: 0, UNLINKING: 0 };
    for (const { status, count } of rows) counts[status] = count;
    return counts;
  }

  async put(client: pg.ClientBase, entry: CampaignNumber, at: Date): Promise<void> {
    await client.query(
      `insert into tendlc_campaign_numbers (number, campaign_id, status, url, method, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $6)
       on conflict (number) do update set campaign_id = excluded.campaign_id, status = excluded.status, url = excluded.url,
         method = excluded.method, updated_at = excluded.updated_at`,
      [entry.number, entry.campaignId, entry.status, entry.callback?.url ?? null, entry.callback?.method ?? 'POST', at],
    );
  }

  async remove(client: pg.ClientBase, number: string): Promise<void> {
    await client.query('delete from tendlc_campaign_numbers where number = $1', [number]);
  }

  async removeAll(client: pg.ClientBase, campaignId: string): Promise<readonly string[]> {
    const { rows } = await client.query<{ number: string }>(
      'delete from tendlc_campaign_numbers where campaign_id = $1 returning number',
      [campaignId],
    );
    return rows.map(({ number }) => number);
  }
}

const toNumber = (row: Row): CampaignNumber => ({
  number: row.number,
  campaignId: row.campaign_id,
  status: row.status,
  callback: row.url === null ? undefined : { url: row.url, method: row.method },
});
