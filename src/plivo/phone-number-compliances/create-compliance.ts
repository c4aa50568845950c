import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { missingParameter } from '../../errors/catalogue.ts';
import { nestedReader } from '../compliance/nested.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { makingOf, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';
import { dataPart, MAX_DOCUMENTS, parseData, readDocuments, readEndUser } from './compliance-data.ts';

const readData = nestedReader(
  Type.Object({
    country_iso: Type.String({ pattern: '^[A-Za-z]{2}$' }),
    number_type: oneOf(['local', 'mobile', 'tollfree']),
    alias: text(),
    end_user: Type.Object({}),
    documents: Type.Optional(Type.Array(Type.Unknown())),
    ...callbackParameters,
  }),
);

/** POST PhoneNumber/Compliance/ (compliance.md §9.2), multipart: end user, documents and application at once, submitted. */
export const createCompliance = defineCommand({
  name: 'create-phone-number-compliance',
  summary: 'Submit end user and documents for a kind of number',
  tag: 'PhoneNumberCompliance',
  method: 'POST',
  path: 'PhoneNumber/Compliance/',
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  multipart: { files: MAX_DOCUMENTS, fileBytes: MAX_FILE_BYTES },
  ownsCallbackUrl: true,
  parameters: Type.Object({ data: dataPart() }),
  replies: { 201: Type.Object({ api_id: apiId(), compliance_id: Type.String(), message: Type.String() }) },
  async run(call, { compliance }) {
    const given = readData('data', parseData(call.parameters.data));
    const { type, facts } = readEndUser(given.end_user);
    const requirement = compliance.requirements.of(given.country_iso.toUpperCase(), given.number_type, type);
    if (given.documents === undefined && requirement.proofs.length > 0) throw missingParameter('documents');
    const application = await compliance.numberCompliance.create(makingOf(call), {
      alias: given.alias,
      requirement,
      endUser: facts,
      documents: readDocuments(given.documents ?? [], call.files),
      callback: statusCallbackOf(given.callback_url, given.callback_method),
    });
    const message = 'Compliance application created and submitted for review.';
    return { status: 201, body: { compliance_id: application.id, message } };
  },
});
