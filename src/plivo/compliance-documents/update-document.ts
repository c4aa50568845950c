import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { fileOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { changed, idInPath, text } from '../fields.ts';
import { dataFields, dataOf } from './document-object.ts';

/** POST ComplianceDocument/{compliance_document_id}/ (compliance.md §10.3), multipart: what is not sent stays. */
export const updateDocument = defineCommand({
  name: 'update-compliance-document',
  summary: 'Change a document',
  tag: 'ComplianceDocument',
  method: 'POST',
  path: 'ComplianceDocument/{compliance_document_id}/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({
    compliance_document_id: idInPath(),
    end_user_id: Type.Optional(text(64)),
    document_type_id: Type.Optional(text(64)),
    alias: Type.Optional(text()),
    ...dataFields,
  }),
  replies: { 202: changed },
  async run({ scope, parameters, files }, { compliance }) {
    const { compliance_document_id: id, end_user_id: endUserId, document_type_id: documentTypeId, alias } = parameters;
    const change = { endUserId, documentTypeId, alias, data: dataOf(parameters) };
    await compliance.documents.update(scope, id, change, fileOf(files));
    return { status: 202, body: { message: 'changed' } };
  },
});
