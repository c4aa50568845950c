import { Type } from 'typebox';
import type { DocumentType } from '../../compliance/regulatory/document-types.ts';
import { typesOf, userTypes } from '../../compliance/regulatory/requirements.ts';
import { oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { REQUIREMENTS_LIMIT } from '../rate-limit.ts';

const requiredField = Type.Object({
  field_name: Type.String(),
  friendly_name: Type.String(),
  help_text: Type.String(),
  field_type: Type.String(),
  required: Type.Boolean(),
  format: Type.String(),
  enums: Type.String(),
  min_length: Type.Integer(),
  max_length: Type.Integer(),
});

/** GET PhoneNumber/Compliance/Requirements/ (compliance.md §9.1). `enums` is joined by commas here. */
export const findComplianceRequirements = defineCommand({
  name: 'find-phone-number-compliance-requirements',
  summary: 'Documents that a kind of number needs',
  tag: 'PhoneNumberCompliance',
  method: 'GET',
  path: 'PhoneNumber/Compliance/Requirements/',
  perMinute: REQUIREMENTS_LIMIT,
  parameters: Type.Object({
    country_iso: Type.String({ pattern: '^[A-Za-z]{2}$' }),
    number_type: oneOf(['local', 'mobile', 'tollfree']),
    user_type: oneOf(userTypes),
  }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      requirement_id: Type.String(),
      country_iso: Type.String(),
      number_type: Type.String(),
      user_type: Type.String(),
      document_types: Type.Array(
        Type.Object({
          document_type_id: Type.String(),
          name: Type.String(),
          description: Type.String(),
          proof_required: Type.Boolean(),
          required_fields: Type.Array(requiredField),
        }),
      ),
    }),
  },
  async run({ parameters: given }, { compliance }) {
    const requirement = compliance.requirements.of(given.country_iso.toUpperCase(), given.number_type, given.user_type);
    return {
      status: 200,
      body: {
        requirement_id: requirement.id,
        country_iso: requirement.country,
        number_type: requirement.numberType,
        user_type: requirement.userType,
        document_types: typesOf(requirement).map(renderType),
      },
    };
  },
});

const renderType = (type: DocumentType) => ({
  document_type_id: type.id,
  name: type.name,
  description: type.description,
  proof_required: type.proofRequired,
  required_fields: type.fields.map((field) => ({
    field_name: field.name,
    friendly_name: field.friendlyName,
    help_text: field.help,
    field_type: field.type,
    required: field.required,
    format: field.format,
    enums: field.values.join(','),
    min_length: field.minLength,
    max_length: field.maxLength,
  })),
});
