import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { documentObject, renderDocument } from './document-object.ts';

/** GET ComplianceDocument/{compliance_document_id}/ (compliance.md §10.3). */
export const getDocument = defineCommand({
  name: 'get-compliance-document',
  summary: 'One document',
  tag: 'ComplianceDocument',
  method: 'GET',
  path: 'ComplianceDocument/{compliance_document_id}/',
  parameters: Type.Object({ compliance_document_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...documentObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: renderDocument(await compliance.documents.get(scope, parameters.compliance_document_id)) };
  },
});
