import type { Kysely } from 'kysely';
import type { NumberTables } from '../numbers/number-table.ts';
import { releaseNumbers } from '../numbers/release-store.ts';
import type { Storage } from '../storage/storage.ts';

/** Removing a subaccount with what belongs to it. */
export class SubaccountStore {
  readonly #db: Kysely<NumberTables>;

  constructor(storage: Storage) {
    this.#db = storage.kysely.withTables<NumberTables>();
  }

  /**
   * Deletes the subaccount; false when the account has no such. With `cascade` its applications and endpoints go too and its numbers are
   * given up; without, both fall to the main account: that is what the foreign keys do when the owner's row disappears.
   */
  async delete(parentId: string, authId: string, cascade: boolean): Promise<boolean> {
    return await this.#db.transaction().execute(async (transaction) => {
      const found = await transaction
        .selectFrom('accounts')
        .select('auth_id')
        .where('auth_id', '=', authId)
        .where('parent_id', '=', parentId)
        .forUpdate()
        .executeTakeFirst();
      if (!found) return false;
      if (cascade) {
        await releaseNumbers(transaction, { subaccountId: authId });
        await transaction
          .withTables<{ endpoints: { subaccount_id: string | null } }>()
          .deleteFrom('endpoints')
          .where('subaccount_id', '=', authId)
          .execute();
        await transaction.deleteFrom('applications').where('subaccount_id', '=', authId).execute();
      }
      await transaction.deleteFrom('accounts').where('auth_id', '=', authId).execute();
      return true;
    });
  }
}
