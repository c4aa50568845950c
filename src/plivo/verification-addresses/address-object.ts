import { oneOf } from '../compliance/wire-object.ts';
import { PERSON_NAMES, personFields, REGISTRY_NAMES, registryFields } from './person-fields.ts';
import { documentDetails, namedTexts, verificationObject } from './verification-object.ts';

/** What is said of an address (compliance.md §11). */
export const addressFields = {
  ...personFields,
  address_proof_type: () => oneOf(['national_id', 'passport', 'business_id', 'NIF', 'NIE', 'DNI', 'others']),
  ...registryFields,
};
export const ADDRESS_NAMES = Object.keys(addressFields);

/** What of it is shown. */
export const SHOWN_ADDRESS_NAMES = [...PERSON_NAMES, 'address_proof_type', ...REGISTRY_NAMES];

export const addressObject = {
  ...verificationObject,
  document_details: documentDetails('Verification/Address/'),
  ...namedTexts(SHOWN_ADDRESS_NAMES),
};
