import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Found } from '../../accounts/reach.ts';
import { isCounted, listReply, type Page, pageMeta } from '../pagination.ts';

/** SDKs read `count` (Go, .NET) or `total_count` (Java): both say how many there are in all (multiparty-calls.md §2.3). */
export const countedMeta = Type.Object({ ...pageMeta.properties, count: Type.Optional(Type.Integer()) });

export function countedReply(
  scope: Scope,
  path: string,
  page: Page,
  filters: Readonly<Record<string, string | number | boolean | undefined>>,
  found: Found<unknown>,
) {
  const { status, body } = listReply(scope, path, page, filters, found);
  return { status, body: { ...body, meta: { ...body.meta, ...(isCounted(found.total) ? { count: found.total } : {}) } } };
}
