import { Type } from 'typebox';
import { altBusinessIdTypes, customerTypes, entityTypes, stockExchanges, verticals } from '../../compliance/enums.ts';
import { nested } from '../compliance/nested.ts';
import { oneOf } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';

/** Parameters of a profile (compliance.md §2.1): lengths as the strictest SDK has them. */
export const profileFields = {
  customer_type: () => oneOf(customerTypes),
  entity_type: () => oneOf(entityTypes),
  company_name: () => text(100),
  vertical: () => oneOf(verticals),
};

export const optionalProfileFields = {
  address: nested('street, city, state, postal_code, country'),
  authorized_contact: nested('first_name, last_name, phone, email, title, seniority'),
  ein: Type.Optional(text(100)),
  ein_issuing_country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
  alt_business_id: Type.Optional(text(50)),
  alt_business_id_type: Type.Optional(oneOf(altBusinessIdTypes)),
  website: Type.Optional(text(100)),
  plivo_subaccount: Type.Optional(text(20)),
  business_contact_email: Type.Optional(Type.String({ maxLength: 255, pattern: '^[^@\\s\\u0000]+@[^@\\s\\u0000]+$' })),
  doing_business_as: Type.Optional(text(100)),
};

export const stockFields = { stock_symbol: Type.Optional(text(10)), stock_exchange: Type.Optional(oneOf(stockExchanges)) };
