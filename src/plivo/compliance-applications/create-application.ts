import { Type } from 'typebox';
import {
  type Requirement,
  type Requirements,
  requirementNumberTypes,
  userTypes,
} from '../../compliance/regulatory/requirements.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { makingOf, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { complianceApplicationObject, renderComplianceApplication } from './application-object.ts';

const MAX_DOCUMENTS = 50;
export const documentIds = () => Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_DOCUMENTS });

const parameters = Type.Object({
  compliance_requirement_id: Type.Optional(text(64)),
  country_iso2: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
  number_type: Type.Optional(oneOf(requirementNumberTypes)),
  end_user_type: Type.Optional(oneOf(userTypes)),
  end_user_id: text(64),
  document_ids: Type.Optional(documentIds()),
  alias: text(),
});

/** POST ComplianceApplication/ (compliance.md §10.5): a draft. */
export const createComplianceApplication = defineCommand({
  name: 'create-compliance-application',
  summary: 'Draft an application of an end user with documents',
  tag: 'ComplianceApplication',
  method: 'POST',
  path: 'ComplianceApplication/',
  parameters,
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), ...complianceApplicationObject }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    const application = await compliance.applications.createDraft(
      makingOf(call),
      requirementOfParameters(given, compliance.requirements),
      {
        alias: given.alias,
        endUserId: given.end_user_id,
        documentIds: [...new Set(given.document_ids ?? [])],
      },
    );
    const documents = await compliance.applications.documentsOf(application);
    return {
      status: 201,
      body: { message: 'created', ...renderComplianceApplication(application, documents, compliance.requirements) },
    };
  },
});

interface Given {
  readonly compliance_requirement_id?: string;
  readonly country_iso2?: string;
  readonly number_type?: Requirement['numberType'];
  readonly end_user_type?: Requirement['userType'];
}

/** By its id, or by what it is about. */
function requirementOfParameters(given: Given, requirements: Requirements): Requirement {
  if (given.compliance_requirement_id !== undefined) {
    const found = requirements.byId(given.compliance_requirement_id);
    if (found) return found;
    const expected = 'there is no such requirement';
    throw invalidParameter('compliance_requirement_id', `compliance_requirement_id parameter is invalid: ${expected}`);
  }
  const { country_iso2: country, number_type: numberType, end_user_type: userType } = given;
  if (country === undefined) throw missingParameter('compliance_requirement_id');
  if (numberType === undefined) throw missingParameter('number_type');
  if (userType === undefined) throw missingParameter('end_user_type');
  return requirements.of(country.toUpperCase(), numberType, userType);
}
