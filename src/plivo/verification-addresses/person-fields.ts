import { Type } from 'typebox';
import { oneOf } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';

/** Who somebody is and where: what addresses and identities say alike (compliance.md §11). */
export const personFields = {
  salutation: () => oneOf(['Mr', 'Ms']),
  first_name: () => text(),
  last_name: () => text(),
  address_line1: () => text(),
  address_line2: () => text(),
  city: () => text(),
  region: () => text(),
  postal_code: () => text(),
  country_iso: () => Type.String({ pattern: '^[A-Za-z]{2}$' }),
};
export const PERSON_NAMES = Object.keys(personFields);

/** How the registries of some countries name the person and the place. */
export const registryFields = {
  fiscal_identification_code: () => text(),
  street_code: () => text(),
  municipal_code: () => text(),
  auto_correct_address: () => Type.Boolean(),
};
/** What of it is shown: the rest is a wish. */
export const REGISTRY_NAMES = ['fiscal_identification_code', 'street_code', 'municipal_code'];
