import type pg from 'pg';

/** The main account that was made first, its token sealed; undefined while there is none. Reads with what any schema of this program has. */
export async function sealedFirstAccount(
  pool: pg.Pool,
): Promise<{ readonly authId: string; readonly sealedToken: string } | undefined> {
  const { rows } = await pool.query<{ auth_id: string; auth_token: string }>(
    'select auth_id, auth_token from accounts where parent_id is null order by created_at, auth_id limit 1',
  );
  const row = rows[0];
  return row && { authId: row.auth_id, sealedToken: row.auth_token };
}
