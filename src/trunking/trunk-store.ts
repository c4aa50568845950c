import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import { countMatching } from '../storage/count-rows.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { CustomerTrunk, TrunkCredential, TrunkDirection, TrunkIpList, TrunkUri } from './trunk.ts';

const OWNED = 'account_id as "accountId", owner_id as "ownerId", name, created_at as "createdAt"';
const IN_REACH = 'account_id = $1 and ($2::text is null or owner_id = $2)';

/** One kind of thing that accounts have, in the names of storage. */
interface Kind<Item, Row> {
  readonly table: string;
  readonly key: string;
  readonly columns: string;
  /** In the order of `write`, without key, owner and time. */
  readonly fields: readonly string[];
  isId(id: string): boolean;
  idOf(item: Item): string;
  write(item: Item): readonly unknown[];
  read(row: Row): Item;
}

interface Owned {
  readonly accountId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** What of a kind accounts have. Deleting what a trunk uses is refused by storage, which callers see as `conflict`. */
export class OwnedTable<Item extends Owned, Row extends pg.QueryResultRow> {
  readonly #pool: pg.Pool;
  readonly #kind: Kind<Item, Row>;

  constructor(pool: pg.Pool, kind: Kind<Item, Row>) {
    this.#pool = pool;
    this.#kind = kind;
  }

  async find(reach: Reach, id: string): Promise<Item | undefined> {
    const { table, key, columns, isId, read } = this.#kind;
    if (!isId(id)) return undefined;
    const { rows } = await this.#pool.query<Row>(`select ${columns} from ${table} where ${IN_REACH} and ${key} = $3`, [
      reach.accountId,
      reach.subaccountId ?? null,
      id,
    ]);
    return rows[0] && read(rows[0]);
  }

  /** Newest first. `where`: columns and what they must be; undefined = anything. */
  async list(reach: Reach, where: Readonly<Record<string, unknown>>, page: PageRequest): Promise<Found<Item>> {
    const { table, key, columns, read } = this.#kind;
    const values: unknown[] = [reach.accountId, reach.subaccountId ?? null];
    const conditions = [IN_REACH];
    for (const [column, value] of Object.entries(where)) {
      if (value === undefined) continue;
      values.push(value);
      conditions.push(`${column}::text = $${values.length}::text`);
    }
    const matching = `${table} where ${conditions.join(' and ')}`;
    const { rows } = await this.#pool.query<Row>(
      `select ${columns} from ${matching} order by created_at desc, ${key} limit $${values.length + 1} offset $${values.length + 2}`,
      [...values, page.limit + 1, page.offset],
    );
    return pageOf(
      rows.map((row) => read(row)),
      page,
      () => countMatching(this.#pool, matching, values, MAX_COUNTED + 1),
    );
  }

  async insert(item: Item): Promise<void> {
    const { table, key, fields, idOf, write } = this.#kind;
    const columns = [key, 'account_id', 'owner_id', 'name', 'created_at', ...fields];
    await this.#pool.query(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
      [idOf(item), item.accountId, item.ownerId, item.name, item.createdAt, ...write(item)],
    );
  }

  async update(item: Item): Promise<void> {
    const { table, key, fields, idOf, write } = this.#kind;
    const set = ['name', ...fields].map((column, index) => `${column} = $${index + 2}`).join(', ');
    await this.#pool.query(`update ${table} set ${set} where ${key} = $1`, [idOf(item), item.name, ...write(item)]);
  }

  async delete(item: Item): Promise<void> {
    const { table, key, idOf } = this.#kind;
    await this.#pool.query(`delete from ${table} where ${key} = $1`, [idOf(item)]);
  }
}

interface UriRow extends Owned {
  readonly uriId: string;
  readonly uri: string;
  readonly username: string | null;
  readonly password: string | null;
}

const TRUNK_ID = /^\d{1,20}$/;
const asItIs = <Row>(row: Row): Row => row;

const TRUNK_COLUMNS = `trunk_id as "trunkId", direction, enabled, secure, ip_list_id as "ipListId", credential_id as "credentialId",
  primary_uri_id as "primaryUriId", fallback_uri_id as "fallbackUriId", ${OWNED}`;

/** Trunks, and what they are made of. */
export class TrunkStore {
  readonly uris: OwnedTable<TrunkUri, UriRow>;
  readonly credentials: OwnedTable<TrunkCredential, TrunkCredential>;
  readonly ipLists: OwnedTable<TrunkIpList, TrunkIpList>;
  readonly trunks: OwnedTable<CustomerTrunk, CustomerTrunk>;
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool, sealing: Pick<Sealing, 'seal' | 'unseal'>) {
    this.#pool = pool;
    this.uris = new OwnedTable(pool, {
      table: 'trunk_uris',
      key: 'uri_id',
      columns: `uri_id as "uriId", uri, username, password, ${OWNED}`,
      fields: ['uri', 'username', 'password'],
      isId: isUuid,
      idOf: ({ uriId }) => uriId,
      write: ({ uri, credentials }) => [
        uri,
        credentials?.username ?? null,
        credentials ? sealing.seal(credentials.password) : null,
      ],
      read: ({ username, password, ...row }) => ({
        ...row,
        credentials: username === null || password === null ? undefined : { username, password: sealing.unseal(password) },
      }),
    });
    this.credentials = new OwnedTable<TrunkCredential, TrunkCredential>(pool, {
      table: 'trunk_credentials',
      key: 'credential_id',
      columns: `credential_id as "credentialId", username, ha1_md5 as "ha1Md5", ha1_sha256 as "ha1Sha256", ${OWNED}`,
      fields: ['username', 'ha1_md5', 'ha1_sha256'],
      isId: isUuid,
      idOf: ({ credentialId }) => credentialId,
      write: ({ username, ha1Md5, ha1Sha256 }) => [username, ha1Md5, ha1Sha256],
      read: asItIs,
    });
    this.ipLists = new OwnedTable<TrunkIpList, TrunkIpList>(pool, {
      table: 'trunk_ip_lists',
      key: 'ip_list_id',
      columns: `ip_list_id as "ipListId", addresses, ${OWNED}`,
      fields: ['addresses'],
      isId: isUuid,
      idOf: ({ ipListId }) => ipListId,
      write: ({ addresses }) => [addresses],
      read: asItIs,
    });
    this.trunks = new OwnedTable<CustomerTrunk, CustomerTrunk>(pool, {
      table: 'customer_trunks',
      key: 'trunk_id',
      columns: TRUNK_COLUMNS,
      fields: ['direction', 'enabled', 'secure', 'ip_list_id', 'credential_id', 'primary_uri_id', 'fallback_uri_id'],
      isId: (id) => TRUNK_ID.test(id),
      idOf: ({ trunkId }) => trunkId,
      write: (trunk) => [
        trunk.direction,
        trunk.enabled,
        trunk.secure,
        trunk.ipListId,
        trunk.credentialId,
        trunk.primaryUriId,
        trunk.fallbackUriId,
      ],
      read: asItIs,
    });
  }

  /** The enabled trunk that calls to a number go over: one of the number's account. */
  async ofNumber(number: string): Promise<CustomerTrunk | undefined> {
    const { rows } = await this.#pool.query<CustomerTrunk>(
      `select ${TRUNK_COLUMNS} from customer_trunks
       where enabled and direction = 'inbound'
         and (trunk_id, account_id) = (select trunk_id, account_id from numbers where number = $1)`,
      [number],
    );
    return rows[0];
  }

  /** The enabled trunk that calls of a telephone system come over. */
  async calling(trunkId: string): Promise<CustomerTrunk | undefined> {
    if (!TRUNK_ID.test(trunkId)) return undefined;
    const { rows } = await this.#pool.query<CustomerTrunk>(
      `select ${TRUNK_COLUMNS} from customer_trunks where enabled and direction = 'outbound' and trunk_id = $1`,
      [trunkId],
    );
    return rows[0];
  }

  /** Ids of all that an account has, by direction. */
  async idsWithin({ accountId, subaccountId }: Reach): Promise<Readonly<Record<TrunkDirection, ReadonlySet<string>>>> {
    const { rows } = await this.#pool.query<Pick<CustomerTrunk, 'trunkId' | 'direction'>>(
      `select trunk_id as "trunkId", direction from customer_trunks where ${IN_REACH}`,
      [accountId, subaccountId ?? null],
    );
    const idsOf = (wanted: TrunkDirection) =>
      new Set(rows.filter(({ direction }) => direction === wanted).map(({ trunkId }) => trunkId));
    return { inbound: idsOf('inbound'), outbound: idsOf('outbound') };
  }
}
