import { Type } from 'typebox';
import { documentTypeOf } from '../../compliance/regulatory/document-types.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { documentTypeObject, renderDocumentType } from './document-type-object.ts';

/** GET ComplianceDocumentType/{document_type_id}/ (compliance.md §10.2). */
export const getDocumentType = defineCommand({
  name: 'get-compliance-document-type',
  summary: 'One type of document',
  tag: 'ComplianceDocumentType',
  method: 'GET',
  path: 'ComplianceDocumentType/{document_type_id}/',
  parameters: Type.Object({ document_type_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...documentTypeObject }) },
  async run({ parameters }) {
    const type = documentTypeOf(parameters.document_type_id);
    if (!type) throw notFound();
    return { status: 200, body: renderDocumentType(type) };
  },
});
