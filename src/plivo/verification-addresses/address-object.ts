import { Type } from 'typebox';
import { oneOf } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';
import { verificationObject } from './verification-object.ts';

/** What is said of an address (compliance.md §11). */
export const addressFields = {
  salutation: () => oneOf(['Mr', 'Ms']),
  first_name: () => text(),
  last_name: () => text(),
  address_line1: () => text(),
  address_line2: () => text(),
  city: () => text(),
  region: () => text(),
  postal_code: () => text(),
  country_iso: () => Type.String({ pattern: '^[A-Za-z]{2}$' }),
  address_proof_type: () => oneOf(['national_id', 'passport', 'business_id', 'NIF', 'NIE', 'DNI', 'others']),
  fiscal_identification_code: () => text(),
  street_code: () => text(),
  municipal_code: () => text(),
  auto_correct_address: () => Type.Boolean(),
};
export const ADDRESS_NAMES = Object.keys(addressFields);

/** What of it is shown. */
export const SHOWN_ADDRESS_NAMES = [
  'salutation',
  'first_name',
  'last_name',
  'address_line1',
  'address_line2',
  'city',
  'region',
  'postal_code',
  'country_iso',
] as const;

export const addressObject = {
  ...verificationObject,
  ...Object.fromEntries(SHOWN_ADDRESS_NAMES.map((name) => [name, Type.String()])),
};
