import type pg from 'pg';
import { countryOf } from '../messaging/phone-number.ts';
import type { HostedNumber } from './hosted-numbers.ts';

/** Numbers of accounts, where a hosted number takes its place: messages only, calls stay with its provider. */
export class HostedInventoryStore {
  async isKnown(client: pg.ClientBase, number: string): Promise<boolean> {
    const { rows } = await client.query('select 1 from numbers where number = $1', [number]);
    return rows.length > 0;
  }

  /** False when somebody has the number. */
  async add(client: pg.ClientBase, hosted: HostedNumber, at: Date): Promise<boolean> {
    const { facts } = hosted;
    const { rowCount } = await client.query(
      `insert into numbers (number, account_id, subaccount_id, app_id, alias, country_iso, type, sms_enabled, mms_enabled, voice_enabled, added_at)
       values ($1, $2, $3, (select app_id from applications where app_id = $4 and account_id = $2), $5, $6, 'local', true, true, false, $7)
       on conflict (number) do nothing`,
      [facts.number, hosted.accountId, hosted.subaccountId, facts.appId, facts.alias, countryOf(facts.number) ?? 'US', at],
    );
    return rowCount === 1;
  }
}
