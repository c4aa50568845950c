import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { fileOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { saidOf } from '../verification-addresses/verification-object.ts';
import { IDENTITY_NAMES, identityFields } from './identity-object.ts';

/** POST Verification/Identity/{identity_id}/ (compliance.md §11): what is not sent stays; it is verified again. */
export const updateIdentity = defineCommand({
  name: 'update-identity-verification',
  summary: 'Change an identity and have it verified again',
  tag: 'Verification',
  method: 'POST',
  path: 'Verification/Identity/{identity_id}/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({
    identity_id: idInPath(),
    salutation: Type.Optional(identityFields.salutation()),
    first_name: Type.Optional(identityFields.first_name()),
    last_name: Type.Optional(identityFields.last_name()),
    address_line1: Type.Optional(identityFields.address_line1()),
    address_line2: Type.Optional(identityFields.address_line2()),
    city: Type.Optional(identityFields.city()),
    region: Type.Optional(identityFields.region()),
    postal_code: Type.Optional(identityFields.postal_code()),
    country_iso: Type.Optional(identityFields.country_iso()),
    birth_place: Type.Optional(identityFields.birth_place()),
    birth_date: Type.Optional(identityFields.birth_date()),
    nationality: Type.Optional(identityFields.nationality()),
    id_nationality: Type.Optional(identityFields.id_nationality()),
    id_issue_date: Type.Optional(identityFields.id_issue_date()),
    id_type: Type.Optional(identityFields.id_type()),
    id_number: Type.Optional(identityFields.id_number()),
    business_name: Type.Optional(identityFields.business_name()),
    fiscal_identification_code: Type.Optional(identityFields.fiscal_identification_code()),
    street_code: Type.Optional(identityFields.street_code()),
    municipal_code: Type.Optional(identityFields.municipal_code()),
    auto_correct_address: Type.Optional(identityFields.auto_correct_address()),
    alias: Type.Optional(text()),
    ...callbackParameters,
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.String(), status: Type.Literal('success') }) },
  async run({ scope, parameters, files }, { compliance }) {
    const { identity_id: id, alias, callback_url: url, callback_method: method } = parameters;
    const change = { alias, said: saidOf(parameters, IDENTITY_NAMES), callback: statusCallbackOf(url, method) };
    await compliance.identities.update(scope, id, change, fileOf(files));
    return { status: 202, body: { message: 'Your request has been accepted.', status: 'success' } };
  },
});
