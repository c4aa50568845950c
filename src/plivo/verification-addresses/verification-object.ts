import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Verification } from '../../compliance/verifications.ts';
import { nullableString } from '../fields.ts';

/** What an address and an identity have in common (compliance.md §11). */
export const verificationObject = {
  id: Type.String(),
  account: Type.String(),
  alias: Type.String(),
  subaccount: nullableString(),
  url: Type.String(),
  validation_status: Type.String(),
  verification_status: Type.String(),
};

/** What of it the paper bears out: the .NET SDK has a field for each. */
const DOCUMENT_DETAILS = {
  'Verification/Address/': [
    'salutation',
    'first_name',
    'last_name',
    'address_line1',
    'address_line2',
    'city',
    'region',
    'postal_code',
  ],
  'Verification/Identity/': ['salutation', 'first_name', 'last_name', 'nationality', 'id_type', 'id_number'],
} as const;
type VerificationPath = keyof typeof DOCUMENT_DETAILS;

export const documentDetails = (path: VerificationPath) =>
  Type.Object({ ...namedTexts(DOCUMENT_DETAILS[path]), file_name: Type.Optional(Type.String()) });

/** A text for each of the names. */
export const namedTexts = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, Type.String()]));

/** Every name that is said of it is there, empty when nothing was said. */
export function renderVerification(
  scope: Scope,
  publicUrl: string,
  path: VerificationPath,
  names: readonly string[],
  { id, status, facts, subaccountId }: Verification,
) {
  const said = (wanted: readonly string[]) => Object.fromEntries(wanted.map((name) => [name, facts.said[name] ?? '']));
  const account = `/v1/Account/${scope.account.authId}/`;
  return {
    ...said(names),
    id,
    account,
    alias: facts.alias ?? '',
    document_details: { ...said(DOCUMENT_DETAILS[path]), ...(facts.fileName !== undefined && { file_name: facts.fileName }) },
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
