import { Type } from 'typebox';
import type { DocumentData } from '../../compliance/regulatory/document-fields.ts';
import type { Document } from '../../compliance/regulatory/documents.ts';
import { text } from '../fields.ts';
import { isoTime } from '../times.ts';

/** What may be said about a document; the names are the same on the wire and in the catalogue of document types (compliance.md §10.3). */
const DATA_NAMES = [
  'last_name',
  'first_name',
  'date_of_birth',
  'address_line_1',
  'address_line_2',
  'city',
  'country',
  'postal_code',
  'unique_identification_number',
  'nationality',
  'place_of_birth',
  'date_of_issue',
  'date_of_expiration',
  'type_of_utility',
  'billing_id',
  'billing_date',
  'business_name',
  'type_of_id',
  'support_phone_number',
  'support_email',
  'authorized_representative_name',
  'bill_date',
  'bill_id',
  'use_case_description',
] as const;
type DataName = (typeof DATA_NAMES)[number];

const optional = Type.Optional(text(1000));
export const dataFields: Readonly<Record<DataName, typeof optional>> = {
  last_name: optional,
  first_name: optional,
  date_of_birth: optional,
  address_line_1: optional,
  address_line_2: optional,
  city: optional,
  country: optional,
  postal_code: optional,
  unique_identification_number: optional,
  nationality: optional,
  place_of_birth: optional,
  date_of_issue: optional,
  date_of_expiration: optional,
  type_of_utility: optional,
  billing_id: optional,
  billing_date: optional,
  business_name: optional,
  type_of_id: optional,
  support_phone_number: optional,
  support_email: optional,
  authorized_representative_name: optional,
  bill_date: optional,
  bill_id: optional,
  use_case_description: optional,
};

export function dataOf(given: { readonly [Name in DataName]?: string | undefined }): DocumentData {
  const data: Record<string, string> = {};
  for (const name of DATA_NAMES) {
    const value = given[name];
    if (value !== undefined) data[name] = value;
  }
  return data;
}

const common = {
  end_user_id: Type.String(),
  document_type_id: Type.String(),
  alias: Type.String(),
  meta_information: Type.Record(Type.String(), Type.String()),
  created_at: Type.String(),
};
/** A document by itself, and in a list: two keys differ (compliance.md §10.3). */
export const documentObject = { document_id: Type.String(), file_name: Type.String(), ...common };
export const listedDocumentObject = { compliance_document_id: Type.String(), file: Type.String(), ...common };

const renderCommon = ({ facts, createdAt }: Document) => ({
  end_user_id: facts.endUserId,
  document_type_id: facts.documentTypeId,
  alias: facts.alias,
  meta_information: facts.data,
  created_at: isoTime(createdAt),
});

export const renderDocument = (document: Document) => ({
  document_id: document.id,
  file_name: document.facts.fileName ?? '',
  ...renderCommon(document),
});

export const renderListedDocument = (document: Document) => ({
  compliance_document_id: document.id,
  file: document.facts.fileName ?? '',
  ...renderCommon(document),
});
