import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE ComplianceDocument/{compliance_document_id}/ (compliance.md §10.3). */
export const deleteDocument = defineCommand({
  name: 'delete-compliance-document',
  summary: 'Delete a document that no application has',
  tag: 'ComplianceDocument',
  method: 'DELETE',
  path: 'ComplianceDocument/{compliance_document_id}/',
  parameters: Type.Object({ compliance_document_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.documents.delete(scope, parameters.compliance_document_id);
    return { status: 204 };
  },
});
