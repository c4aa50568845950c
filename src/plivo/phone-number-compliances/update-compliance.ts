import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { nestedReader } from '../compliance/nested.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';
import { dataPart, MAX_DOCUMENTS, parseData, readDocuments, readEndUserChange } from './compliance-data.ts';
import { complianceObject, renderCompliance } from './compliance-object.ts';

const readData = nestedReader(
  Type.Object({
    alias: Type.Optional(text()),
    end_user: Type.Optional(Type.Object({})),
    documents: Type.Optional(Type.Array(Type.Unknown())),
    ...callbackParameters,
  }),
);

/**
 * PATCH PhoneNumber/Compliance/{compliance_id}/ (compliance.md §9.4), multipart: what was rejected is amended and submitted again. The SDK
 * of Java reads the id beside the message, those of the other languages read `compliance`.
 */
export const updateCompliance = defineCommand({
  name: 'update-phone-number-compliance',
  summary: 'Amend a rejected application and submit it again',
  tag: 'PhoneNumberCompliance',
  method: 'PATCH',
  path: 'PhoneNumber/Compliance/{compliance_id}/',
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  multipart: { files: MAX_DOCUMENTS, fileBytes: MAX_FILE_BYTES },
  ownsCallbackUrl: true,
  parameters: Type.Object({ compliance_id: idInPath(), data: Type.Optional(dataPart()) }),
  replies: {
    200: Type.Object({ api_id: apiId(), message: Type.String(), compliance_id: Type.String(), compliance: complianceObject }),
  },
  async run(call, { compliance }) {
    const given = readData('data', parseData(call.parameters.data ?? '{}'));
    const application = await compliance.numberCompliance.amend(makingOf(call), call.parameters.compliance_id, {
      alias: given.alias,
      endUser: given.end_user && readEndUserChange(given.end_user),
      documents: given.documents && readDocuments(given.documents, call.files),
      callback: statusCallbackOf(given.callback_url, given.callback_method),
    });
    const message = 'Compliance application updated and resubmitted for review.';
    return { status: 200, body: { message, compliance_id: application.id, compliance: renderCompliance(application) } };
  },
});
