import { invalidParameter } from '../../errors/catalogue.ts';
import type { DocumentField, DocumentType } from './document-types.ts';

/** What is said about a document, by field name. */
export type DocumentData = Readonly<Record<string, string>>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Checks the fields that are given. `invalid_parameter` names the field. */
export function checkFields(type: DocumentType, data: DocumentData): void {
  for (const field of type.fields) {
    const value = data[field.name];
    if (value === undefined) continue;
    const expected = expectation(field, value);
    if (expected !== undefined) throw invalidParameter(field.name, `${field.name} parameter is invalid: ${expected}`);
  }
}

/** Checks that nothing is missing: neither a field nor, where one must be handed in, the file. */
export function checkComplete(type: DocumentType, data: DocumentData, hasFile: boolean): void {
  const missing = type.fields.find((field) => field.required && data[field.name] === undefined)?.name;
  const name = missing ?? (type.proofRequired && !hasFile ? 'file' : undefined);
  if (name === undefined) return;
  throw invalidParameter(
    name,
    `Field '${name}' is required for document type '${type.id}'. Check GET /Requirements for required fields.`,
  );
}

function expectation(field: DocumentField, value: string): string | undefined {
  switch (field.type) {
    case 'enum':
      return field.values.includes(value) ? undefined : `one of ${field.values.join(', ')} is expected`;
    case 'date': {
      const isDay = DAY.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
      return isDay ? undefined : 'a date yyyy-mm-dd is expected';
    }
    case 'string':
      if (value.length < field.minLength) return `at least ${field.minLength} characters`;
      return value.length > field.maxLength ? `at most ${field.maxLength} characters` : undefined;
  }
}
