import { Type } from 'typebox';
import type { Making } from '../../compliance/ownership.ts';
import type { UserType } from '../../compliance/regulatory/requirements.ts';
import type { Call, Reply, UploadedFile } from '../command.ts';
import { listMeta, type Page, pageMeta } from '../pagination.ts';

/** What the objects of compliance have in common on the wire (compliance.md §1). */

/** `postalCode` is `postal_code` here. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** An object under its wire names, those of objects inside it too; what is not set is left out. */
export function wireObject(facts: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => {
      if (value === undefined || value === '') return [];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[snakeCase(name), isObject ? wireObject(value) : value]];
    }),
  );
}

/** Text fields of an object that are there when they are set. */
export const optionalTexts = <const Names extends readonly string[]>(...names: Names) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(Type.String())]));

export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  Type.Unsafe<Values[number]>(Type.Union(values.map((value) => Type.Literal(value))));

/** Ruby writes them with a capital, every other SDK as they are shown. */
const WRITTEN_USER_TYPES = {
  individual: 'individual',
  business: 'business',
  Individual: 'individual',
  Business: 'business',
} as const;
type WrittenUserType = keyof typeof WRITTEN_USER_TYPES;

/** `end_user_type` of a request; {@link userTypeOf} tells which it is. */
export const userTypeField = () => oneOf<readonly WrittenUserType[]>(['individual', 'business', 'Individual', 'Business']);

export function userTypeOf(written: WrittenUserType): UserType;
export function userTypeOf(written: WrittenUserType | undefined): UserType | undefined;
export function userTypeOf(written: WrittenUserType | undefined): UserType | undefined {
  return written && WRITTEN_USER_TYPES[written];
}

export const makingOf = ({ scope, now, idempotencyKey }: Pick<Call<unknown>, 'scope' | 'now' | 'idempotencyKey'>): Making => ({
  scope,
  now,
  idempotencyKey,
});

/** The file of a part, when there is one: some SDKs send the part without anything in it. */
export const fileOf = (files: readonly UploadedFile[], fieldName = 'file'): UploadedFile | undefined =>
  files.find((file) => file.fieldName === fieldName && file.bytes.length > 0);

type Filters = Readonly<Record<string, string | number | boolean | undefined>>;

/** A list whose items and meta are under keys of their own. */
export function namedList(
  scope: Call<unknown>['scope'],
  path: string,
  page: Page,
  filters: Filters,
  found: { readonly total: number; readonly items: readonly unknown[] },
  keys: { readonly meta?: 'meta_response'; readonly items?: string },
): Reply {
  const { limit: _limit, offset: _offset, ...kept } = filters;
  const hasMore = page.offset + page.limit < found.total;
  const meta = listMeta(scope, path, page, kept, found.total, hasMore);
  return { status: 200, body: { [keys.meta ?? 'meta']: meta, [keys.items ?? 'objects']: found.items } };
}

export const listSchema = (item: Parameters<typeof Type.Array>[0], items = 'objects', meta: 'meta' | 'meta_response' = 'meta') =>
  Type.Object({ api_id: Type.String({ format: 'uuid' }), [meta]: pageMeta, [items]: Type.Array(item) });
