import { type Static, type TObject, Type } from 'typebox';
import type { Address, AuthorizedContact } from '../../compliance/enums.ts';
import { invalidParameter, Problem } from '../../errors/catalogue.ts';
import type { RawParameters } from '../command.ts';
import { text } from '../fields.ts';
import { parameterReader } from '../parameters.ts';

/** Objects inside parameters are read like parameters: loosely typed, and named when they are wrong, `address.state`. */
export function nestedReader<Schema extends TObject>(schema: Schema): (name: string, given: unknown) => Static<Schema> {
  const read = parameterReader(schema);
  return (name, given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw invalidParameter(name, `${name} parameter is invalid: an object is expected`);
    }
    const raw: RawParameters = { ...given };
    try {
      return read(raw);
    } catch (error) {
      if (!(error instanceof Problem) || error.parameter === undefined) throw error;
      throw invalidParameter(`${name}.${error.parameter}`, `${name}.${error.message}`);
    }
  };
}

/** An object whose fields are checked by a `nestedReader`. */
export const nested = (description: string) => Type.Optional(Type.Object({}, { description }));

const optionalText = (maxLength?: number) => Type.Optional(text(maxLength));
const readAddressFields = nestedReader(
  Type.Object({
    street: optionalText(100),
    city: optionalText(100),
    state: optionalText(20),
    postal_code: optionalText(10),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
  }),
);
const readContactFields = nestedReader(
  Type.Object({
    first_name: optionalText(),
    last_name: optionalText(),
    phone: Type.Optional(Type.String({ maxLength: 16, pattern: '^\\+?[0-9]*$' })),
    email: optionalText(100),
    title: optionalText(),
    seniority: optionalText(),
  }),
);

/** compliance.md §1; an empty one is none. */
export function readAddress(given: object | undefined): Address | undefined {
  if (given === undefined || Object.keys(given).length === 0) return undefined;
  const { postal_code: postalCode, street, city, state, country } = readAddressFields('address', given);
  return { street, city, state, postalCode, country };
}

export function readContact(given: object | undefined): AuthorizedContact | undefined {
  if (given === undefined || Object.keys(given).length === 0) return undefined;
  const {
    first_name: firstName,
    last_name: lastName,
    phone,
    email,
    title,
    seniority,
  } = readContactFields('authorized_contact', given);
  return { firstName, lastName, phone, email, title, seniority };
}

export const addressSchema = Type.Object({
  street: Type.Optional(Type.String()),
  city: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  postal_code: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
});
export const contactSchema = Type.Object({
  first_name: Type.Optional(Type.String()),
  last_name: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  seniority: Type.Optional(Type.String()),
});
