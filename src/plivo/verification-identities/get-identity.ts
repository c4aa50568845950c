import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderVerification } from '../verification-addresses/verification-object.ts';
import { identityObject, SHOWN_IDENTITY_NAMES } from './identity-object.ts';

/** GET Verification/Identity/{identity_id}/ (compliance.md §11). */
export const getIdentity = defineCommand({
  name: 'get-identity-verification',
  summary: 'One identity that is verified',
  tag: 'Verification',
  method: 'GET',
  path: 'Verification/Identity/{identity_id}/',
  parameters: Type.Object({ identity_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...identityObject }) },
  async run({ scope, parameters }, { compliance, publicUrl }) {
    const found = await compliance.identities.get(scope, parameters.identity_id);
    return { status: 200, body: renderVerification(scope, publicUrl, 'Verification/Identity/', SHOWN_IDENTITY_NAMES, found) };
  },
});
