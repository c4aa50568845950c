import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';
import { complianceObject, readExpansions, renderCompliances } from './compliance-object.ts';

/** GET PhoneNumber/Compliance/{compliance_id}/ (compliance.md §9.3). */
export const getCompliance = defineCommand({
  name: 'get-phone-number-compliance',
  summary: 'One compliance application',
  tag: 'PhoneNumberCompliance',
  method: 'GET',
  path: 'PhoneNumber/Compliance/{compliance_id}/',
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  parameters: Type.Object({ compliance_id: idInPath(), expand: Type.Optional(text()) }),
  replies: { 200: Type.Object({ api_id: apiId(), compliance: complianceObject }) },
  async run({ scope, parameters }, services) {
    const expansions = readExpansions(parameters.expand);
    const application = await services.compliance.applications.get(scope, parameters.compliance_id);
    const [shown] = await renderCompliances([application], expansions, scope.authId, services);
    return { status: 200, body: { compliance: shown } };
  },
});
