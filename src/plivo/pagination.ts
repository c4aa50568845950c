import { Type } from 'typebox';
import type { Scope } from '../accounts/account.ts';
import { MAX_COUNTED } from '../accounts/reach.ts';
import { Problem } from '../errors/catalogue.ts';

/** 00-conventions.md, Paging: limit 1-20, default 20; offset from 0. */
export const MAX_LIMIT = 20;
const DEFAULT_LIMIT = 20;

export const pageParameters = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
};

export const pageMeta = Type.Object({
  limit: Type.Integer(),
  offset: Type.Integer(),
  next: Type.Union([Type.String(), Type.Null()]),
  previous: Type.Union([Type.String(), Type.Null()]),
  total_count: Type.Optional(Type.Integer()),
});

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export function readPage(parameters: { readonly limit?: number | undefined; readonly offset?: number | undefined }): Page {
  return { limit: parameters.limit ?? DEFAULT_LIMIT, offset: parameters.offset ?? 0 };
}

type Filters = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The `meta` of a list. `next` and `previous` are relative URLs that repeat the filters in force.
 * `total` undefined: lists that have no total_count say with `hasMore` whether a next page exists. Nor have those that are too long to be
 * counted.
 */
export function listMeta(scope: Scope, path: string, page: Page, filters: Filters, total: number | undefined, hasMore: boolean) {
  const link = (offset: number) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, String(value));
    query.set('limit', String(page.limit));
    query.set('offset', String(offset));
    return `/v1/Account/${scope.authId}/${path}?${query}`;
  };
  return {
    limit: page.limit,
    offset: page.offset,
    next: hasMore ? link(page.offset + page.limit) : null,
    previous: page.offset > 0 ? link(Math.max(0, page.offset - page.limit)) : null,
    ...(isCounted(total) ? { total_count: total } : {}),
  };
}

/** False where nobody has counted how many there are in all. */
export const isCounted = (total: number | undefined): total is number => total !== undefined && total <= MAX_COUNTED;

/** Reply body of a list with `total_count`. */
export function listReply(
  scope: Scope,
  path: string,
  page: Page,
  filters: Filters,
  found: { readonly total: number; readonly items: readonly unknown[] },
) {
  const hasMore = page.offset + page.limit < found.total;
  return { status: 200, body: { meta: listMeta(scope, path, page, filters, found.total, hasMore), objects: found.items } };
}

/** Subaccount filter of a list: only the main account may look into one of its subaccounts. */
export function subaccountFilter(scope: Scope, requested: string | undefined, name = 'subaccount'): string | undefined {
  if (scope.subaccount) return scope.subaccount.authId;
  if (requested !== undefined && !/^SA[A-Z0-9]{18}$/.test(requested)) {
    throw new Problem('invalid_parameter', `${name} parameter is invalid: an Auth ID that begins with SA is expected`, {
      parameter: name,
    });
  }
  return requested;
}
