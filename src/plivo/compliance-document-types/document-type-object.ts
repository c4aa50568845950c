import { Type } from 'typebox';
import { CATALOGUE_DATE, type DocumentType } from '../../compliance/regulatory/document-types.ts';

/** A type of document (compliance.md §10.2). */
export const documentTypeObject = {
  document_type_id: Type.String(),
  document_name: Type.String(),
  description: Type.String(),
  created_at: Type.String(),
  information: Type.Array(
    Type.Object({
      field_name: Type.String(),
      friendly_name: Type.String(),
      field_type: Type.String(),
      help_text: Type.String(),
      format: Type.String(),
      min_length: Type.Integer(),
      max_length: Type.Integer(),
      enums: Type.Array(Type.String()),
    }),
  ),
  proof_required: Type.Boolean(),
};

export const renderDocumentType = (type: DocumentType) => ({
  document_type_id: type.id,
  document_name: type.name,
  description: type.description,
  created_at: CATALOGUE_DATE,
  information: type.fields.map((field) => ({
    field_name: field.name,
    friendly_name: field.friendlyName,
    field_type: field.type,
    help_text: field.help,
    format: field.format,
    min_length: field.minLength,
    max_length: field.maxLength,
    enums: field.values,
  })),
  proof_required: type.proofRequired,
});
