import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { fileOf, makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { saidOf } from '../verification-addresses/verification-object.ts';
import { IDENTITY_NAMES, identityFields } from './identity-object.ts';

/** POST Verification/Identity/ (compliance.md §11), multipart or JSON. */
export const createIdentity = defineCommand({
  name: 'create-identity-verification',
  summary: 'Have an identity verified',
  tag: 'Verification',
  method: 'POST',
  path: 'Verification/Identity/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({
    country_iso: identityFields.country_iso(),
    salutation: identityFields.salutation(),
    first_name: identityFields.first_name(),
    last_name: identityFields.last_name(),
    address_line1: Type.Optional(identityFields.address_line1()),
    address_line2: Type.Optional(identityFields.address_line2()),
    city: Type.Optional(identityFields.city()),
    region: Type.Optional(identityFields.region()),
    postal_code: Type.Optional(identityFields.postal_code()),
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
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), id: Type.String() }) },
  async run(call, { compliance }) {
    const { alias, callback_url: url, callback_method: method } = call.parameters;
    const given = { alias, said: saidOf(call.parameters, IDENTITY_NAMES), callback: statusCallbackOf(url, method) };
    const { id } = await compliance.identities.create(makingOf(call), given, fileOf(call.files));
    return { status: 201, body: { message: 'Your request has been accepted.', id } };
  },
});
