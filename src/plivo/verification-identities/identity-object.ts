import { Type } from 'typebox';
import { oneOf } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';
import { verificationObject } from '../verification-addresses/verification-object.ts';

/** What is said of an identity (compliance.md §11). */
export const identityFields = {
  salutation: () => oneOf(['Mr', 'Ms']),
  first_name: () => text(),
  last_name: () => text(),
  address_line1: () => text(),
  address_line2: () => text(),
  city: () => text(),
  region: () => text(),
  postal_code: () => text(),
  country_iso: () => Type.String({ pattern: '^[A-Za-z]{2}$' }),
  birth_place: () => text(),
  birth_date: () => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  nationality: () => text(),
  id_nationality: () => text(),
  id_issue_date: () => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  id_type: () => text(),
  id_number: () => text(),
  business_name: () => text(),
  fiscal_identification_code: () => text(),
  street_code: () => text(),
  municipal_code: () => text(),
  auto_correct_address: () => Type.Boolean(),
};
export const IDENTITY_NAMES = Object.keys(identityFields);

/** What of it is shown. */
export const SHOWN_IDENTITY_NAMES = [
  'salutation',
  'first_name',
  'last_name',
  'address_line1',
  'address_line2',
  'city',
  'region',
  'postal_code',
  'country_iso',
  'birth_place',
  'birth_date',
  'nationality',
  'id_nationality',
  'id_issue_date',
  'id_type',
  'id_number',
  'business_name',
] as const;

export const identityObject = {
  ...verificationObject,
  ...Object.fromEntries(SHOWN_IDENTITY_NAMES.map((name) => [name, Type.String()])),
};
