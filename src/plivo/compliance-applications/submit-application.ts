import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { complianceApplicationObject, renderComplianceApplication } from './application-object.ts';

/** POST ComplianceApplication/{compliance_application_id}/Submit/ (compliance.md §10.5). */
export const submitComplianceApplication = defineCommand({
  name: 'submit-compliance-application',
  summary: 'Put an application before the registry',
  tag: 'ComplianceApplication',
  method: 'POST',
  path: 'ComplianceApplication/{compliance_application_id}/Submit/',
  parameters: Type.Object({ compliance_application_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String(), ...complianceApplicationObject }) },
  async run({ scope, parameters }, { compliance }) {
    const application = await compliance.applications.submit(scope, parameters.compliance_application_id);
    const documents = await compliance.applications.documentsOf(application);
    return {
      status: 200,
      body: { message: 'submitted', ...renderComplianceApplication(application, documents, compliance.requirements) },
    };
  },
});
