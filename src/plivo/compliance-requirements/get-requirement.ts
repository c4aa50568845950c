import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderRequirement, requirementObject } from './requirement-object.ts';

/** GET ComplianceRequirement/{compliance_requirement_id}/ (compliance.md §10.4). */
export const getRequirement = defineCommand({
  name: 'get-compliance-requirement',
  summary: 'One requirement',
  tag: 'ComplianceRequirement',
  method: 'GET',
  path: 'ComplianceRequirement/{compliance_requirement_id}/',
  parameters: Type.Object({ compliance_requirement_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...requirementObject }) },
  async run({ parameters }, { compliance }) {
    const requirement = compliance.requirements.byId(parameters.compliance_requirement_id);
    if (!requirement) throw notFound();
    return { status: 200, body: renderRequirement(requirement) };
  },
});
