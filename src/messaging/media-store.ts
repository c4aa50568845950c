import type { ColumnType, ExpressionBuilder, Kysely, Selectable } from 'kysely';
import type pg from 'pg';
import { type Found, MAX_COUNTED, pageOf, type Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import { countRows } from '../storage/count-rows.ts';
import { inTransaction, type Storage, type Tables } from '../storage/storage.ts';

/** A file that belongs to an account; its bytes are in the blob store under `blobKey`. */
export interface StoredMedia {
  readonly mediaId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** As the sender named it, without path and control characters; may be empty. */
  readonly fileName: string;
  readonly blobKey: string;
  /** By the customer, through the API; else it came in with a message or was fetched for one. */
  readonly uploaded: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface MediaTable {
  media_id: string;
  account_id: string;
  owner_id: string;
  content_type: string;
  size: number;
  file_name: string;
  blob_key: string;
  uploaded: boolean;
  available: ColumnType<boolean, boolean | undefined>;
  created_at: Date;
  expires_at: Date;
}

interface MessageMediaTable {
  message_id: string;
  media_id: string;
  position: number;
}

type MediaTables = { media: MediaTable; message_media: MessageMediaTable };

/** A pool, or the connection of a transaction that somebody else has begun. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Media and which messages they belong to. Everything that reads sees available media only. */
export class MediaStore {
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Tables & MediaTables>;

  constructor(storage: Storage) {
    this.#pool = storage.pool;
    this.#db = storage.kysely.withTables<MediaTables>();
  }

  /** Announces media whose bytes are about to be written. Readers do not see them yet. */
  async announce(media: readonly StoredMedia[]): Promise<void> {
    if (media.length === 0) return;
    await this.#db
      .insertInto('media')
      .values(
        media.map((one) => ({
          media_id: one.mediaId,
          account_id: one.accountId,
          owner_id: one.ownerId,
          content_type: one.contentType,
          size: one.size,
          file_name: one.fileName,
          blob_key: one.blobKey,
          uploaded: one.uploaded,
          created_at: one.createdAt,
          expires_at: one.expiresAt,
        })),
      )
      .execute();
  }

  /** Lets readers see media whose bytes are safely written. */
  async publish(mediaIds: readonly string[]): Promise<void> {
    if (mediaIds.length === 0) return;
    await this.#db.updateTable('media').set({ available: true }).where('media_id', 'in', mediaIds).execute();
  }

  async find(reach: Reach, mediaId: string): Promise<StoredMedia | undefined> {
    return (await this.findAll(reach, [mediaId]))[0];
  }

  /** Those of the ids that exist within reach, in the order of the ids. */
  async findAll(reach: Reach, mediaIds: readonly string[]): Promise<readonly StoredMedia[]> {
    const ids = mediaIds.filter(isUuid).map((id) => id.toLowerCase());
    if (ids.length === 0) return [];
    const rows = await this.#db.selectFrom('media').selectAll().where('media_id', 'in', ids).where(within(reach)).execute();
    const found = new Map(rows.map((row) => [row.media_id, toMedia(row)]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** Uploads, newest first. */
  async listUploads(reach: Reach, limit: number, offset: number): Promise<Found<StoredMedia>> {
    const uploads = this.#db.selectFrom('media').where('uploaded', '=', true).where(within(reach));
    const rows = await uploads
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('media_id')
      .limit(limit + 1)
      .offset(offset)
      .execute();
    const count = () => countRows(this.#db, uploads.select('media_id').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toMedia), { limit, offset }, count);
  }

  /** Media of a message in their order. */
  async ofMessage(reach: Reach, messageId: string): Promise<readonly StoredMedia[]> {
    if (!isUuid(messageId)) return [];
    const rows = await this.#db
      .selectFrom('media')
      .innerJoin('message_media', 'message_media.media_id', 'media.media_id')
      .selectAll('media')
      .where('message_id', '=', messageId)
      .where(within(reach))
      .orderBy('position')
      .execute();
    return rows.map(toMedia);
  }

  /** What a public URL names: media of this account or subaccount, and of this message when one is named. */
  async findPublic(authId: string, messageId: string | undefined, mediaId: string): Promise<StoredMedia | undefined> {
    if (!isUuid(mediaId) || (messageId !== undefined && !isUuid(messageId))) return undefined;
    let query = this.#db
      .selectFrom('media')
      .selectAll()
      .where('media_id', '=', mediaId)
      .where('available', '=', true)
      .where((eb) => eb.or([eb('account_id', '=', authId), eb('owner_id', '=', authId)]));
    if (messageId !== undefined) {
      query = query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('message_media')
            .select('position')
            .whereRef('message_media.media_id', '=', 'media.media_id')
            .where('message_id', '=', messageId),
        ),
      );
    }
    const row = await query.executeTakeFirst();
    return row && toMedia(row);
  }

  /**
   * Gives each of the messages all of the media, in the order of the ids, and keeps the media until `expiresAt`. Nothing is written
   * when one of them does not exist within reach; answers whether all do. Their rows stay locked until the transaction ends, so
   * that none expires before its message is stored.
   */
  async attach(
    on: Queryable | undefined,
    reach: Reach,
    messageIds: readonly string[],
    mediaIds: readonly string[],
    expiresAt: Date,
  ): Promise<boolean> {
    if (!mediaIds.every(isUuid)) return false;
    const { rows } = await (on ?? this.#pool).query<{ found: number }>(
      `with kept as (
         select media_id, position
         from media join unnest($1::uuid[]) with ordinality as wanted (wanted_id, position) on media_id = wanted_id
         where available and account_id = $3 and ($4::text is null or owner_id = $4)
         order by media_id
         for update of media
       ), extended as (
         update media set expires_at = greatest(expires_at, $2)
         where media_id in (select media_id from kept) and (select count(*) from kept) = cardinality($1::uuid[])
         returning media_id
       ), linked as (
         insert into message_media (message_id, media_id, position)
         select message_id, media_id, position
         from kept join extended using (media_id) cross join unnest($5::uuid[]) as messages (message_id)
         on conflict do nothing
       )
       select count(*)::integer as found from kept`,
      [mediaIds, expiresAt, reach.accountId, reach.subaccountId ?? null, messageIds],
    );
    return rows[0]?.found === mediaIds.length;
  }

  /** Hides one from all readers; its bytes and row are to be removed next. */
  async withdraw(reach: Reach, mediaId: string, at: Date): Promise<StoredMedia | undefined> {
    if (!isUuid(mediaId)) return undefined;
    const row = await this.#db
      .updateTable('media')
      .set({ available: false, expires_at: at })
      .where('media_id', '=', mediaId)
      .where(within(reach))
      .returningAll()
      .executeTakeFirst();
    return row && toMedia(row);
  }

  /** Takes all media from a message. Those that no other message has are hidden and returned, to be removed next. */
  withdrawFromMessage(reach: Reach, messageId: string, at: Date): Promise<readonly StoredMedia[]> {
    return inTransaction(this.#pool, async (client) => {
      const { rows: links } = await client.query<{ media_id: string }>(
        `delete from message_media using media
         where message_id = $1 and media.media_id = message_media.media_id
           and account_id = $2 and ($3::text is null or owner_id = $3)
         returning media.media_id`,
        [messageId, reach.accountId, reach.subaccountId ?? null],
      );
      const { rows } = await client.query<Selectable<MediaTable>>(
        `update media set available = false, expires_at = $2
         where media_id = any($1) and available
           and not exists (select from message_media where message_media.media_id = media.media_id)
         returning *`,
        [links.map((link) => link.media_id), at],
      );
      return rows.map(toMedia);
    });
  }

  /** Hides up to `limit` media whose time is over, the oldest first, and returns them, to be removed next. */
  async withdrawExpired(at: Date, limit: number): Promise<readonly StoredMedia[]> {
    const { rows } = await this.#pool.query<Selectable<MediaTable>>(
      `update media set available = false
       where media_id in (select media_id from media where expires_at <= $1 order by expires_at limit $2 for update skip locked)
       returning *`,
      [at, limit],
    );
    return rows.map(toMedia);
  }

  /** The last step, when the bytes are gone. */
  async remove(mediaIds: readonly string[]): Promise<void> {
    if (mediaIds.length === 0) return;
    await this.#db.deleteFrom('media').where('media_id', 'in', mediaIds).where('available', '=', false).execute();
  }
}

const within = (reach: Reach) => (eb: ExpressionBuilder<Tables & MediaTables, 'media'>) =>
  eb.and([
    eb('media.available', '=', true),
    eb('media.account_id', '=', reach.accountId),
    ...(reach.subaccountId === undefined ? [] : [eb('media.owner_id', '=', reach.subaccountId)]),
  ]);

const toMedia = (row: Selectable<MediaTable>): StoredMedia => ({
  mediaId: row.media_id,
  accountId: row.account_id,
  ownerId: row.owner_id,
  contentType: row.content_type,
  size: row.size,
  fileName: row.file_name,
  blobKey: row.blob_key,
  uploaded: row.uploaded,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
