import { Type } from 'typebox';
import type { Application } from '../../compliance/regulatory/applications.ts';
import { documentTypeOf } from '../../compliance/regulatory/document-types.ts';
import type { Document } from '../../compliance/regulatory/documents.ts';
import type { Requirements } from '../../compliance/regulatory/requirements.ts';
import { isoTime } from '../times.ts';

/** A compliance application (compliance.md §10.5). */
export const complianceApplicationObject = {
  compliance_application_id: Type.String(),
  alias: Type.String(),
  status: Type.String(),
  end_user_type: Type.String(),
  country_iso2: Type.String(),
  number_type: Type.String(),
  end_user_id: Type.String(),
  compliance_requirement_id: Type.String(),
  created_at: Type.String(),
  rejection_reason: Type.String(),
  documents: Type.Array(
    Type.Object({
      document_id: Type.String(),
      name: Type.String(),
      document_name: Type.String(),
      document_type_id: Type.String(),
      document_type_name: Type.String(),
      scope: Type.String(),
    }),
  ),
};

export function renderComplianceApplication(
  { id, status, facts, createdAt }: Application,
  documents: readonly Document[],
  requirements: Requirements,
) {
  const { proofs } = requirements.of(facts.country, facts.numberType, facts.endUserType);
  return {
    compliance_application_id: id,
    alias: facts.alias,
    status,
    end_user_type: facts.endUserType,
    country_iso2: facts.country,
    number_type: facts.numberType,
    end_user_id: facts.endUserId,
    compliance_requirement_id: facts.requirementId,
    created_at: isoTime(createdAt),
    rejection_reason: facts.rejectionReason ?? '',
    documents: documents.map(({ id: documentId, facts: { alias, documentTypeId } }) => {
      const proof = proofs.find(({ types }) => types.some((type) => type.id === documentTypeId));
      return {
        document_id: documentId,
        name: proof?.name ?? alias,
        document_name: alias,
        document_type_id: documentTypeId,
        document_type_name: documentTypeOf(documentTypeId)?.name ?? '',
        scope: proof?.scope ?? '',
      };
    }),
  };
}
