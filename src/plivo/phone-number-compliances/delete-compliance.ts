import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';

/** DELETE PhoneNumber/Compliance/{compliance_id}/ (compliance.md §9.5). */
export const deleteCompliance = defineCommand({
  name: 'delete-phone-number-compliance',
  summary: 'Delete a compliance application',
  tag: 'PhoneNumberCompliance',
  method: 'DELETE',
  path: 'PhoneNumber/Compliance/{compliance_id}/',
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  parameters: Type.Object({ compliance_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), compliance_id: Type.String(), message: Type.String() }) },
  async run({ scope, parameters }, { compliance }) {
    await compliance.applications.delete(scope, parameters.compliance_id);
    return { status: 200, body: { compliance_id: parameters.compliance_id, message: 'Compliance application deleted.' } };
  },
});
