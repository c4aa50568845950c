import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { changed, idInPath } from '../fields.ts';
import { documentIds } from './create-application.ts';

/** POST ComplianceApplication/{compliance_application_id}/ (compliance.md §10.5): other documents, while it is not submitted. */
export const updateComplianceApplication = defineCommand({
  name: 'update-compliance-application',
  summary: 'Put other documents into an application',
  tag: 'ComplianceApplication',
  method: 'POST',
  path: 'ComplianceApplication/{compliance_application_id}/',
  parameters: Type.Object({ compliance_application_id: idInPath(), document_ids: documentIds() }),
  replies: { 202: changed },
  async run({ scope, parameters: given }, { compliance }) {
    const ids = [...new Set(given.document_ids)];
    await compliance.applications.changeDocuments(scope, given.compliance_application_id, ids);
    return { status: 202, body: { message: 'changed' } };
  },
});
