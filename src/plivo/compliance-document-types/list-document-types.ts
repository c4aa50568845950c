import { Type } from 'typebox';
import { allDocumentTypes } from '../../compliance/regulatory/document-types.ts';
import { listSchema, namedList } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { documentTypeObject, renderDocumentType } from './document-type-object.ts';

/** GET ComplianceDocumentType/ (compliance.md §10.2). */
export const listDocumentTypes = defineCommand({
  name: 'list-compliance-document-types',
  summary: 'Types of documents',
  tag: 'ComplianceDocumentType',
  method: 'GET',
  path: 'ComplianceDocumentType/',
  parameters: Type.Object({ ...pageParameters }),
  replies: { 200: listSchema(Type.Object(documentTypeObject)) },
  async run({ scope, parameters }) {
    const page = readPage(parameters);
    const items = allDocumentTypes.slice(page.offset, page.offset + page.limit).map(renderDocumentType);
    return namedList(scope, 'ComplianceDocumentType/', page, {}, { total: allDocumentTypes.length, items }, {});
  },
});
