import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { missingParameter } from '../../errors/catalogue.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { fileOf, makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { ADDRESS_NAMES, addressFields } from './address-object.ts';
import { saidOf } from './verification-object.ts';

/** POST Verification/Address/ (compliance.md §11), multipart or JSON. */
export const createAddress = defineCommand({
  name: 'create-address-verification',
  summary: 'Have an address verified',
  tag: 'Verification',
  method: 'POST',
  path: 'Verification/Address/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, orJson: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({
    country_iso: addressFields.country_iso(),
    salutation: addressFields.salutation(),
    first_name: addressFields.first_name(),
    last_name: addressFields.last_name(),
    address_line1: addressFields.address_line1(),
    address_line2: addressFields.address_line2(),
    city: addressFields.city(),
    region: addressFields.region(),
    postal_code: addressFields.postal_code(),
    address_proof_type: addressFields.address_proof_type(),
    fiscal_identification_code: Type.Optional(addressFields.fiscal_identification_code()),
    street_code: Type.Optional(addressFields.street_code()),
    municipal_code: Type.Optional(addressFields.municipal_code()),
    auto_correct_address: Type.Optional(addressFields.auto_correct_address()),
    alias: Type.Optional(text()),
    ...callbackParameters,
  }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), id: Type.String() }) },
  async run(call, { compliance }) {
    requireOfCountry(call.parameters);
    const { alias, callback_url: url, callback_method: method } = call.parameters;
    const given = { alias, said: saidOf(call.parameters, ADDRESS_NAMES), callback: statusCallbackOf(url, method) };
    const { id } = await compliance.addresses.create(makingOf(call), given, fileOf(call.files));
    return { status: 201, body: { message: 'Your request has been accepted.', id } };
  },
});

/** Spain and Denmark want more (compliance.md §11). */
function requireOfCountry(given: {
  readonly country_iso: string;
  readonly fiscal_identification_code?: string;
  readonly street_code?: string;
  readonly municipal_code?: string;
}): void {
  const country = given.country_iso.toUpperCase();
  if (country === 'ES' && given.fiscal_identification_code === undefined) throw missingParameter('fiscal_identification_code');
  if (country !== 'DK') return;
  if (given.street_code === undefined) throw missingParameter('street_code');
  if (given.municipal_code === undefined) throw missingParameter('municipal_code');
}
