import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { fileOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { ADDRESS_NAMES, addressFields } from './address-object.ts';
import { saidOf } from './verification-object.ts';

/** POST Verification/Address/{address_id}/ (compliance.md §11): what is not sent stays; it is verified again. */
export const updateAddress = defineCommand({
  name: 'update-address-verification',
  summary: 'Change an address and have it verified again',
  tag: 'Verification',
  method: 'POST',
  path: 'Verification/Address/{address_id}/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({
    address_id: idInPath(),
    salutation: Type.Optional(addressFields.salutation()),
    first_name: Type.Optional(addressFields.first_name()),
    last_name: Type.Optional(addressFields.last_name()),
    address_line1: Type.Optional(addressFields.address_line1()),
    address_line2: Type.Optional(addressFields.address_line2()),
    city: Type.Optional(addressFields.city()),
    region: Type.Optional(addressFields.region()),
    postal_code: Type.Optional(addressFields.postal_code()),
    country_iso: Type.Optional(addressFields.country_iso()),
    address_proof_type: Type.Optional(addressFields.address_proof_type()),
    fiscal_identification_code: Type.Optional(addressFields.fiscal_identification_code()),
    street_code: Type.Optional(addressFields.street_code()),
    municipal_code: Type.Optional(addressFields.municipal_code()),
    auto_correct_address: Type.Optional(addressFields.auto_correct_address()),
    alias: Type.Optional(text()),
    ...callbackParameters,
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.String(), status: Type.Literal('success') }) },
  async run({ scope, parameters, files }, { compliance }) {
    const { address_id: id, alias, callback_url: url, callback_method: method } = parameters;
    const change = { alias, said: saidOf(parameters, ADDRESS_NAMES), callback: statusCallbackOf(url, method) };
    await compliance.addresses.update(scope, id, change, fileOf(files));
    return { status: 202, body: { message: 'Your request has been accepted.', status: 'success' } };
  },
});
