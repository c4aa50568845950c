import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { addressObject, SHOWN_ADDRESS_NAMES } from './address-object.ts';
import { renderVerification } from './verification-object.ts';

/** GET Verification/Address/{address_id}/ (compliance.md §11). */
export const getAddress = defineCommand({
  name: 'get-address-verification',
  summary: 'One address that is verified',
  tag: 'Verification',
  method: 'GET',
  path: 'Verification/Address/{address_id}/',
  parameters: Type.Object({ address_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...addressObject }) },
  async run({ scope, parameters }, { compliance, publicUrl }) {
    const found = await compliance.addresses.get(scope, parameters.address_id);
    return { status: 200, body: renderVerification(scope, publicUrl, 'Verification/Address/', SHOWN_ADDRESS_NAMES, found) };
  },
});
