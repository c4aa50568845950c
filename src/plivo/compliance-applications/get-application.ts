import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { complianceApplicationObject, renderComplianceApplication } from './application-object.ts';

/** GET ComplianceApplication/{compliance_application_id}/ (compliance.md §10.5). */
export const getComplianceApplication = defineCommand({
  name: 'get-compliance-application',
  summary: 'One compliance application',
  tag: 'ComplianceApplication',
  method: 'GET',
  path: 'ComplianceApplication/{compliance_application_id}/',
  parameters: Type.Object({ compliance_application_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...complianceApplicationObject }) },
  async run({ scope, parameters }, { compliance }) {
    const application = await compliance.applications.get(scope, parameters.compliance_application_id);
    const documents = await compliance.applications.documentsOf(application);
    return { status: 200, body: renderComplianceApplication(application, documents, compliance.requirements) };
  },
});
