import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { fileOf, makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { dataFields, dataOf, documentObject, renderDocument } from './document-object.ts';

/** POST ComplianceDocument/ (compliance.md §10.3), multipart. The file may come later. */
export const createDocument = defineCommand({
  name: 'create-compliance-document',
  summary: 'Upload a document of an end user',
  tag: 'ComplianceDocument',
  method: 'POST',
  path: 'ComplianceDocument/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({ end_user_id: text(64), document_type_id: text(64), alias: text(), ...dataFields }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), ...documentObject }) },
  async run(call, { compliance }) {
    const { end_user_id: endUserId, document_type_id: documentTypeId, alias } = call.parameters;
    const given = { endUserId, documentTypeId, alias, data: dataOf(call.parameters) };
    const document = await compliance.documents.create(makingOf(call), given, fileOf(call.files));
    return { status: 201, body: { message: 'created', ...renderDocument(document) } };
  },
});
