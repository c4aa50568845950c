import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** POST 10dlc/Brand/{brand_id}/OTP/ (compliance.md §3.2): for brands of sole proprietors, whose contact confirms them. */
export const requestBrandOtp = defineCommand({
  name: 'request-brand-otp',
  summary: 'Have the registry send its one-time password again',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Brand/{brand_id}/OTP/',
  parameters: Type.Object({ brand_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), brand_id: Type.String(), message: Type.String() }) },
  async run({ scope, parameters, now }, { compliance }) {
    await compliance.brands.requestOtp(scope, parameters.brand_id, now);
    const message = 'Request to send the OTP was received and is being processed.';
    return { status: 200, body: { brand_id: parameters.brand_id, message } };
  },
});
