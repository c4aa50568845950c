import { createHash } from 'node:crypto';
import type { Scope } from '../accounts/account.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type { Owned } from './owned-store.ts';

/** Who asks for what is made, when, and how the same request is known when it runs a second time. */
export interface Making {
  readonly scope: Scope;
  readonly now: number;
  /** Set where the request may run twice (00-conventions.md, Async): what it makes must then be the same. */
  readonly idempotencyKey: string | undefined;
}

export function newUuid({ idempotencyKey }: Making, ids: Ids, index = 0): string {
  return idempotencyKey === undefined ? ids.uuid() : derivedUuid(idempotencyKey, index);
}

/** Letters and digits in an id of the campaign registry, behind its first letter (compliance.md §3, §4). */
const ID_CHARACTERS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** 36^6 ids: among a million of them, five in a row that are taken do not occur. */
export const ID_ATTEMPTS = 5;

/** `B` or `C` and six letters or digits; another one for each attempt. */
export function registryId(letter: 'B' | 'C', making: Making, ids: Ids, attempt: number): string {
  const source = making.idempotencyKey ?? ids.secretUuid();
  const bytes = createHash('sha256').update(`${source} ${letter} ${attempt}`).digest();
  let id: string = letter;
  for (let i = 0; i < ID_CHARACTERS; i++) id += ALPHABET[(bytes[i] ?? 0) % ALPHABET.length];
  return id;
}

/** A new row of the asker's. */
export function owned<Status extends string, Facts extends object>(
  making: Making,
  id: string,
  status: Status,
  facts: Facts,
): Owned<Status, Facts> {
  const at = new Date(making.now);
  const { scope } = making;
  return {
    id,
    accountId: scope.account.authId,
    subaccountId: scope.subaccount?.authId ?? null,
    status,
    facts,
    createdAt: at,
    updatedAt: at,
  };
}

/** Auth ID that is told about it. */
export const ownerIdOf = (item: { readonly accountId: string; readonly subaccountId: string | null }): string =>
  item.subaccountId ?? item.accountId;
