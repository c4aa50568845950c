import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Verification } from '../../compliance/verifications.ts';
import { nullableString } from '../fields.ts';

/** What an address and an identity have in common (compliance.md §11). */
export const verificationObject = {
  id: Type.String(),
  account: Type.String(),
  alias: Type.String(),
  document_details: Type.Object({ file_name: Type.Optional(Type.String()) }),
  subaccount: nullableString(),
  url: Type.String(),
  validation_status: Type.String(),
  verification_status: Type.String(),
};

/** Every name that is said of it is there, empty when nothing was said. */
export function renderVerification(
  scope: Scope,
  publicUrl: string,
  path: 'Verification/Address/' | 'Verification/Identity/',
  names: readonly string[],
  { id, status, facts, subaccountId }: Verification,
) {
  const account = `/v1/Account/${scope.account.authId}/`;
  return {
    ...Object.fromEntries(names.map((name) => [name, facts.said[name] ?? ''])),
    id,
    account,
    alias: facts.alias ?? '',
    document_details: facts.fileName === undefined ? {} : { file_name: facts.fileName },
    subaccount: subaccountId,
    url: `${publicUrl}/v1/Account/${scope.authId}/${path}${id}/`,
    validation_status: status,
    verification_status: status,
  };
}

/** Links of these lists are absolute (compliance.md §11). */
export function withAbsoluteLinks<Meta extends { readonly next: string | null; readonly previous: string | null }>(
  publicUrl: string,
  meta: Meta,
) {
  const absolute = (link: string | null) => (link === null ? null : `${publicUrl}${link}`);
  return { ...meta, next: absolute(meta.next), previous: absolute(meta.previous) };
}

/** The texts among what was given, by name. */
export function saidOf(given: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const name of names) {
    const value = given[name];
    if (value !== undefined) said[name] = String(value);
  }
  return said;
}
