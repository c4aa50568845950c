import type pg from 'pg';
import type { NumberDetails } from '../numbers/number.ts';

/** A number whose row is locked. */
export interface HeldNumber {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly details: NumberDetails;
}

/** What is registered of a number, shown at the number itself. Numbers of other accounts are left alone. */
export class NumberMirrorStore {
  /** Sets details of a number; undefined removes one. False when the account does not have the number. */
  async set(
    client: pg.ClientBase | pg.Pool,
    accountId: string,
    number: string,
    details: { readonly [Name in keyof NumberDetails]: NumberDetails[Name] | undefined },
  ): Promise<boolean> {
    const entries = Object.entries(details);
    const removed = entries.flatMap(([name, value]) => (value === undefined ? [name] : []));
    const { rowCount } = await client.query(
      'update numbers set details = (details - $3::text[]) || $4::jsonb where number = $2 and account_id = $1',
      [accountId, number, removed, JSON.stringify(details)],
    );
    return rowCount === 1;
  }

  /** A number of an account, locked for the rest of the transaction. */
  async lock(client: pg.ClientBase, accountId: string, number: string): Promise<HeldNumber | undefined> {
    const { rows } = await client.query<{ subaccountId: string | null; details: NumberDetails }>(
      'select subaccount_id as "subaccountId", details from numbers where number = $2 and account_id = $1 for update',
      [accountId, number],
    );
    return rows[0] && { number, accountId, ...rows[0] };
  }

  /** Whether calls of any number are those of this business. */
  async areOfProfile(client: pg.ClientBase, profileId: string): Promise<boolean> {
    const { rowCount } = await client.query(
      `select from numbers where details ? 'profileUuid' and details->>'profileUuid' = $1 limit 1`,
      [profileId],
    );
    return rowCount === 1;
  }
}
