/**
 * Tables that grow with use, what a million of their rows look like, and every GET that reads them. Values are SQL over these columns of
 * the row `s`: `n` (1, 2, ...), `at` (a time within the last 23 hours, in no order) and `ms` (the same since the epoch), `noise` (32
 * hexadecimal digits), `rare` (0 to 9,999: a value that is given for one number of it is on one row in 10,000).
 * Adapt here when the schema changes.
 */
import { AUTH_ID } from '../acceptance/server.ts';

export const SUBACCOUNT = 'SABENCH0000000000001';

export interface SeededTable {
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Rows at most, of what nobody has a million of. */
  readonly most?: number;
}

export interface ReadSet {
  readonly name: string;
  /** The first is the one that is read; GETs of single ones name its column `id`. */
  readonly tables: readonly [SeededTable, ...SeededTable[]];
  readonly id: string;
  /** Condition of rows whose id a path may name, where it names what they belong to as well; undefined = all. */
  readonly among?: string;
  /** Paths below the account. `{id}` is any row's; `{n}` counts. */
  readonly reads: readonly string[];
  /** Empties the tables; undefined = they are truncated. */
  readonly clear?: string;
}

export const quoted = (text: string) => `'${text}'`;
/** UUIDs: of version 7 in the order of `at`, of version 4 in none. */
export const v7 = `(lpad(to_hex(ms), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid`;
export const v4 = `(substr(noise, 1, 12) || '4' || substr(noise, 13, 3) || '8' || substr(noise, 16, 15))::uuid`;
/** The same UUID for rows whose expression is the same. */
export const uuidOf = (expression: string) => `md5(${expression})::uuid`;
export const fewHave = (rare: string, common = 'null', which = 1) => `case when rare = ${which} then ${rare} else ${common} end`;

export const me = quoted(AUTH_ID);
export const branch = quoted(SUBACCOUNT);
export const owner = fewHave(branch, me, 2);
export const subaccount = fewHave(branch, 'null', 2);
export const digits = (prefix: string) => `${quoted(prefix)} || lpad(n::text, 7, '0')`;
/** UUIDs of rows that many have, made again where a path names them. */
export const GROUP_UUID = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'; // md5('1')

export const accountOf = { account_id: me };
