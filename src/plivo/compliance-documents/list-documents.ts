import { Type } from 'typebox';
import { listSchema, namedList } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { listedDocumentObject, renderListedDocument } from './document-object.ts';

/** GET ComplianceDocument/ (compliance.md §10.3), newest first. */
export const listDocuments = defineCommand({
  name: 'list-compliance-documents',
  summary: 'Documents',
  tag: 'ComplianceDocument',
  method: 'GET',
  path: 'ComplianceDocument/',
  parameters: Type.Object({
    end_user_id: Type.Optional(text(64)),
    document_type_id: Type.Optional(text(64)),
    alias: Type.Optional(text()),
    ...pageParameters,
  }),
  replies: { 200: listSchema(Type.Object(listedDocumentObject)) },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { end_user_id: endUserId, document_type_id: documentTypeId, alias } = parameters;
    const { total, items } = await compliance.documents.list(scope, { endUserId, documentTypeId, alias }, page);
    const found = { total, items: items.map(renderListedDocument) };
    return namedList(scope, 'ComplianceDocument/', page, parameters, found, {});
  },
});
