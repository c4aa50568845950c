import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE ComplianceApplication/{compliance_application_id}/ (compliance.md §10.5). */
export const deleteComplianceApplication = defineCommand({
  name: 'delete-compliance-application',
  summary: 'Delete a compliance application',
  tag: 'ComplianceApplication',
  method: 'DELETE',
  path: 'ComplianceApplication/{compliance_application_id}/',
  parameters: Type.Object({ compliance_application_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.applications.delete(scope, parameters.compliance_application_id);
    return { status: 204 };
  },
});
