/** A document that proves something, and what must be said about it (compliance.md §9.1, §10.2). */
export interface DocumentType {
  /** UUID, the same on every installation. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** A file must be handed in. */
  readonly proofRequired: boolean;
  readonly fields: readonly DocumentField[];
}

export interface DocumentField {
  readonly name: string;
  readonly friendlyName: string;
  readonly type: 'string' | 'date' | 'enum';
  readonly help: string;
  readonly required: boolean;
  /** Of dates: `yyyy-mm-dd`. */
  readonly format: string;
  /** Characters; 0 where they are not counted. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly values: readonly string[];
}

const base = { required: true, format: '', minLength: 1, maxLength: 50, values: [] } as const;
const text = (name: string, friendlyName: string, help: string, maxLength = 50): DocumentField => ({
  ...base,
  name,
  friendlyName,
  type: 'string',
  help,
  maxLength,
});
const date = (name: string, friendlyName: string, help: string): DocumentField => ({
  ...base,
  name,
  friendlyName,
  type: 'date',
  help,
  format: 'yyyy-mm-dd',
  minLength: 10,
  maxLength: 10,
});
const choice = (name: string, friendlyName: string, help: string, values: readonly string[]): DocumentField => ({
  ...base,
  name,
  friendlyName,
  type: 'enum',
  help,
  minLength: 0,
  maxLength: 0,
  values,
});

/** When any of these was made; shown where a time is. */
export const CATALOGUE_DATE = '2024-01-01T00:00:00.000000Z';

export const documentTypes = {
  registrationCertificate: {
    id: '6d2a3c10-5b5e-4a51-9f0a-1c1f6a2e0001',
    name: 'Registration Certificate',
    description: 'Certificate of incorporation or registration of the business',
    proofRequired: true,
    fields: [text('business_name', 'Legal Name', 'Name of the business as on the certificate')],
  },
  gstCertificate: {
    id: '6d2a3c10-5b5e-4a51-9f0a-1c1f6a2e0002',
    name: 'GST Certificate',
    description: 'Certificate of registration for goods and services tax',
    proofRequired: true,
    fields: [text('unique_identification_number', 'GSTIN', 'Identification number of 15 characters', 15)],
  },
  identityProof: {
    id: '6d2a3c10-5b5e-4a51-9f0a-1c1f6a2e0003',
    name: 'Proof of Identity',
    description: 'Passport or national identity card of the user',
    proofRequired: true,
    fields: [
      choice('type_of_id', 'Type of document', 'Which document it is', ['Passport', 'National ID', 'Driving Licence']),
      text('unique_identification_number', 'Number of the document', 'As printed on it'),
      date('date_of_expiration', 'Valid until', 'Last day on which the document is valid'),
    ],
  },
  addressProof: {
    id: '6d2a3c10-5b5e-4a51-9f0a-1c1f6a2e0004',
    name: 'Proof of Address',
    description: 'Utility bill or tax notice that names the user and the address',
    proofRequired: true,
    fields: [
      choice('type_of_utility', 'Type of bill', 'What the bill is for', [
        'Electricity',
        'Water',
        'Gas',
        'Telephone',
        'Tax notice',
      ]),
      text('address_line_1', 'Street and house number', 'As on the bill', 100),
      text('city', 'City', 'As on the bill'),
      text('postal_code', 'Postal code', 'As on the bill', 10),
    ],
  },
} as const satisfies Record<string, DocumentType>;

export const allDocumentTypes: readonly DocumentType[] = Object.values(documentTypes);

export const documentTypeOf = (id: string): DocumentType | undefined => allDocumentTypes.find((type) => type.id === id);
