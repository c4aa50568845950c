import { Type } from 'typebox';
import { text } from '../fields.ts';
import { PERSON_NAMES, personFields, REGISTRY_NAMES, registryFields } from '../verification-addresses/person-fields.ts';
import { documentDetails, namedTexts, verificationObject } from '../verification-addresses/verification-object.ts';

/** What is said of an identity (compliance.md §11). */
export const identityFields = {
  ...personFields,
  birth_place: () => text(),
  birth_date: () => Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
  nationality: () => text(),
  id_nationality: () => text(),
  id_issue_date: () => Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
  id_type: () => text(),
  id_number: () => text(),
  business_name: () => text(),
  ...registryFields,
};
export const IDENTITY_NAMES = Object.keys(identityFields);

/** What of it is shown. */
export const SHOWN_IDENTITY_NAMES = [
  ...PERSON_NAMES,
  'birth_place',
  'birth_date',
  'nationality',
  'id_nationality',
  'id_issue_date',
  'id_type',
  'id_number',
  'business_name',
  ...REGISTRY_NAMES,
] as const;

export const identityObject = {
  ...verificationObject,
  document_details: documentDetails('Verification/Identity/'),
  ...namedTexts(SHOWN_IDENTITY_NAMES),
};
