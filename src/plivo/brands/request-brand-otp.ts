import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';

/**
 * POST 10dlc/Brand/{brand_id}/OTP/ (compliance.md §3.2): for brands of sole proprietors, whose contact confirms them. Without a body, as the SDK
 * has it, a code is sent; `otp` brings it back, for which nothing is documented.
 */
export const requestBrandOtp = defineCommand({
  name: 'request-brand-otp',
  summary: 'Send a one-time password to the contact of a brand, or bring it back',
  tag: '10DLC',
  method: 'POST',
  path: '10dlc/Brand/{brand_id}/OTP/',
  parameters: Type.Object({ brand_id: idInPath(), otp: Type.Optional(text(16)) }),
  replies: { 200: Type.Object({ api_id: apiId(), brand_id: Type.String(), message: Type.String() }) },
  async run({ scope, parameters, requesterIp }, { brandOtp }) {
    if (parameters.otp !== undefined) {
      await brandOtp.verify(scope, parameters.brand_id, parameters.otp);
      return { status: 200, body: { brand_id: parameters.brand_id, message: 'The OTP was verified.' } };
    }
    await brandOtp.request(scope, parameters.brand_id, requesterIp);
    const message = 'Request to send the OTP was received and is being processed.';
    return { status: 200, body: { brand_id: parameters.brand_id, message } };
  },
});
