import type pg from 'pg';
import { inTransaction } from '../storage/storage.ts';
import type { RawParameters } from './command.ts';

export interface AsyncRequestRow {
  readonly id: string;
  readonly authId: string;
  readonly byMainAccount: boolean;
  readonly command: string;
  readonly parameters: RawParameters;
  readonly requesterIp: string;
  readonly callbackUrl: string;
  readonly callbackMethod: 'GET' | 'POST';
  readonly createdAt: number;
}

/** What a request has come to: its HTTP status, its body, and the resource that it was about. */
export interface AsyncOutcome {
  readonly status: number;
  readonly body: object;
  readonly tag: string;
}

/** The reply of a finished request, to be posted to its callback URL by the same transaction that ends the request. Resolves with what is called after its commit. */
export type ReplyPoster = (client: pg.ClientBase, row: AsyncRequestRow, reply: AsyncOutcome, now: number) => Promise<() => void>;

export class AsyncRequestStore {
  readonly #pool: pg.Pool;
  readonly #post: ReplyPoster;

  constructor(pool: pg.Pool, post: ReplyPoster) {
    this.#pool = pool;
    this.#post = post;
  }

  async insert(row: AsyncRequestRow, node: string): Promise<void> {
    await this.#pool.query(
      `insert into async_requests (id, auth_id, by_main_account, command, parameters, requester_ip, callback_url, callback_method, node, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000))`,
      [
        row.id,
        row.authId,
        row.byMainAccount,
        row.command,
        JSON.stringify(row.parameters),
        row.requesterIp,
        row.callbackUrl,
        row.callbackMethod,
        node,
        row.createdAt,
      ],
    );
  }

  /** Ends a stored request and posts its reply, once. */
  async complete(row: AsyncRequestRow, reply: AsyncOutcome, now: number): Promise<void> {
    const committed = await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query('delete from async_requests where id = $1', [row.id]);
      return rowCount === 1 ? this.#post(client, row, reply, now) : undefined;
    });
    committed?.();
  }

  /** Makes a dead node's requests this node's. */
  async takeOver(dead: string, node: string): Promise<void> {
    await this.#pool.query('update async_requests set node = $2 where node = $1', [dead, node]);
  }

  async ofNode(node: string): Promise<readonly AsyncRequestRow[]> {
    const { rows } = await this.#pool.query<AsyncRequestRow>(
      `select id, auth_id as "authId", by_main_account as "byMainAccount", command, parameters, requester_ip as "requesterIp",
              callback_url as "callbackUrl", callback_method as "callbackMethod",
              (extract(epoch from created_at) * 1000)::float8 as "createdAt"
       from async_requests where node = $1 order by id`,
      [node],
    );
    return rows;
  }
}
