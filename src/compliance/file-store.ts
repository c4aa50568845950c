import type pg from 'pg';

/** A file that an account handed in. */
export interface StoredFile {
  /** UUID. */
  readonly fileId: string;
  readonly accountId: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
}

interface Row {
  file_id: string;
  account_id: string;
  file_name: string;
  content_type: string;
  size: number;
}

/** Rows of files. The bytes are blobs. */
export class FileStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Announces a file that nothing refers to yet. */
  async announce(file: StoredFile, at: Date): Promise<void> {
    await this.#pool.query(
      `insert into compliance_files (file_id, account_id, file_name, content_type, size, created_at, unused_since)
       values ($1, $2, $3, $4, $5, $6, $6) on conflict (file_id) do nothing`,
      [file.fileId, file.accountId, file.fileName, file.contentType, file.size, at],
    );
  }

  /** In the transaction that refers to it. */
  async use(client: pg.ClientBase, fileIds: readonly string[]): Promise<void> {
    await client.query('update compliance_files set unused_since = null where file_id = any ($1::uuid[])', [fileIds]);
  }

  /** In the transaction that stops referring to it. */
  async release(client: pg.ClientBase, fileIds: readonly string[], at: Date): Promise<void> {
    await client.query('update compliance_files set unused_since = $2 where file_id = any ($1::uuid[])', [fileIds, at]);
  }

  async find(fileId: string): Promise<StoredFile | undefined> {
    const { rows } = await this.#pool.query<Row>(
      'select file_id, account_id, file_name, content_type, size from compliance_files where file_id = $1',
      [fileId],
    );
    const [row] = rows;
    return (
      row && {
        fileId: row.file_id,
        accountId: row.account_id,
        fileName: row.file_name,
        contentType: row.content_type,
        size: row.size,
      }
    );
  }

  async unusedSince(before: Date, limit: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ file_id: string }>(
      'select file_id from compliance_files where unused_since < $1 order by unused_since limit $2',
      [before, limit],
    );
    return rows.map((row) => row.file_id);
  }

  async forget(fileId: string): Promise<void> {
    await this.#pool.query('delete from compliance_files where file_id = $1', [fileId]);
  }
}
