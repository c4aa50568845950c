import { Type } from 'typebox';
import type { Requirement } from '../../compliance/regulatory/requirements.ts';

/** What must be proved (compliance.md §10.4). */
export const requirementObject = {
  compliance_requirement_id: Type.String(),
  country_iso2: Type.String(),
  number_type: Type.String(),
  end_user_type: Type.String(),
  acceptable_document_types: Type.Array(
    Type.Object({
      name: Type.String(),
      scope: Type.String(),
      acceptable_documents: Type.Array(Type.Object({ document_type_id: Type.String(), document_type_name: Type.String() })),
    }),
  ),
};

export const renderRequirement = (requirement: Requirement) => ({
  compliance_requirement_id: requirement.id,
  country_iso2: requirement.country,
  number_type: requirement.numberType,
  end_user_type: requirement.userType,
  acceptable_document_types: requirement.proofs.map(({ name, scope, types }) => ({
    name,
    scope,
    acceptable_documents: types.map((type) => ({ document_type_id: type.id, document_type_name: type.name })),
  })),
});
