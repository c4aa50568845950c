import pg from 'pg';

/** Enough to find what is wrong; each is looked up. */
const MAX_HOSTS = 100;

const CONNECT_TIMEOUT_MS = 5_000;

/** One connection that changes nothing: unlike the server's, it runs no migrations. */
export function openForReading(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks while nobody uses it is told by the next query.
  pool.on('error', () => undefined);
  return pool;
}

/** Something sealed, to try the instance key on; undefined while there is nothing. */
export async function sealedSample(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ auth_token: string }>('select auth_token from accounts order by created_at limit 1');
  return rows[0]?.auth_token;
}

/** Wall time of the database, milliseconds. */
export async function databaseClock(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  return rows[0]?.now ?? 0;
}

/** Hosts that the URLs of applications name. */
export async function applicationHosts(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ url: string }>(
    `select distinct url from applications, unnest(array[answer_url, hangup_url, fallback_answer_url, message_url]) as url
     where url <> '' limit 1000`,
  );
  const hosts = rows.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).hostname.replace(/^\[|\]$/g, '')] : []));
  return [...new Set(hosts)].slice(0, MAX_HOSTS);
}
