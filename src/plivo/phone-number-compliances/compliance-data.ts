import { Type } from 'typebox';
import type { EndUserFacts } from '../../compliance/regulatory/end-users.ts';
import type { GivenDocument } from '../../compliance/regulatory/number-compliance.ts';
import { userTypes } from '../../compliance/regulatory/requirements.ts';
import { invalidParameter, missingParameter, Problem } from '../../errors/catalogue.ts';
import type { UploadedFile } from '../command.ts';
import { nestedReader } from '../compliance/nested.ts';
import { fileOf, oneOf } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';

/** The part `data` of a multipart request: JSON text of this size at most, which the multipart reader holds to. */
export const dataPart = () => Type.String({ description: 'JSON text' });

/** Documents of one application. */
export const MAX_DOCUMENTS = 20;
/** Above any value that a field may have. */
const MAX_VALUE = 1_000;
const MAX_FIELDS = 50;

/** The JSON of the part `data`. */
export function parseData(given: string): object {
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch (error) {
    throw new Problem('invalid_parameter', 'data parameter is invalid: it is not JSON', { parameter: 'data', cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('data', 'data parameter is invalid: a JSON object is expected');
  }
  return value;
}

const optional = (maxLength?: number) => Type.Optional(text(maxLength));
const personal = {
  last_name: optional(),
  email: optional(),
  address_line1: optional(),
  address_line2: optional(),
  city: optional(),
  state: optional(),
  postal_code: optional(20),
  country: optional(64),
  registration_number: optional(100),
};
const readNewUser = nestedReader(Type.Object({ type: oneOf(userTypes), name: text(), ...personal }));
const readChangedUser = nestedReader(Type.Object({ name: optional(), ...personal }));

export function readEndUser(given: object) {
  const user = readNewUser('end_user', given);
  return { type: user.type, facts: { ...personalOf(user), name: user.name } satisfies EndUserFacts };
}

export function readEndUserChange(given: object): Partial<EndUserFacts> {
  const user = readChangedUser('end_user', given);
  return { ...personalOf(user), ...(user.name !== undefined && { name: user.name }) };
}

type Personal = ReturnType<typeof readChangedUser>;

/** What was given. */
function personalOf(user: Omit<Personal, 'name'>): Partial<EndUserFacts> {
  const facts: Partial<EndUserFacts> = {
    lastName: user.last_name,
    email: user.email,
    addressLine1: user.address_line1,
    addressLine2: user.address_line2,
    city: user.city,
    state: user.state,
    postalCode: user.postal_code,
    country: user.country,
    registrationNumber: user.registration_number,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** Names beside `data_fields` that are no fields of the document. */
const OWN_NAMES: ReadonlySet<string> = new Set(['document_type_id', 'data_fields', 'file_name', 'file']);

/**
 * `documents` of the data, each with the file of its place: `documents[0].file`. Some clients put the fields of a document beside its
 * type instead of into `data_fields`.
 */
export function readDocuments(given: readonly unknown[], files: readonly UploadedFile[]): readonly GivenDocument[] {
  if (given.length > MAX_DOCUMENTS) {
    throw invalidParameter('documents', `documents parameter is invalid: at most ${MAX_DOCUMENTS} items`);
  }
  return given.map((document, index) => {
    const name = `documents[${index}]`;
    if (typeof document !== 'object' || document === null) {
      throw invalidParameter(name, `${name} parameter is invalid: an object is expected`);
    }
    const fields = new Map<string, unknown>(Object.entries(document));
    const documentTypeId = fields.get('document_type_id');
    if (documentTypeId === undefined || documentTypeId === '') throw missingParameter(`${name}.document_type_id`);
    if (typeof documentTypeId !== 'string') {
      throw invalidParameter(name, `${name}.document_type_id parameter is invalid: a string is expected`);
    }
    const flat = [...fields].filter(([key]) => !OWN_NAMES.has(key));
    const inside = fields.get('data_fields');
    const all = typeof inside === 'object' && inside !== null ? [...flat, ...Object.entries(inside)] : flat;
    const part = `${name}.file`;
    return { documentTypeId, data: readValues(name, all), part, file: fileOf(files, part) };
  });
}

function readValues(name: string, given: readonly (readonly [string, unknown])[]): Readonly<Record<string, string>> {
  if (given.length > MAX_FIELDS) throw invalidParameter(name, `${name} parameter is invalid: it has too many fields`);
  const values: Record<string, string> = {};
  for (const [key, value] of given) {
    if (value === null || value === undefined || value === '' || key === '__proto__') continue;
    const written = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    const isText = typeof written === 'string' && written.length <= MAX_VALUE && storable(written) && storable(key);
    if (!isText) throw invalidParameter(`${name}.${key}`, `${name}.${key} parameter is invalid: a short text is expected`);
    values[key] = written;
  }
  return values;
}

const storable = (value: string) => !value.includes('\u0000') && value.isWellFormed();
