import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { parseDestination } from '../../messaging/phone-number.ts';
import { applicationLimits } from '../../verification/application-limits.ts';
import { defineCommand } from '../define.ts';
import { apiId, httpMethod, text, url } from '../fields.ts';

const { least: SHORTEST_CODE, most: LONGEST_CODE } = applicationLimits.codeLength;

/** POST Verify/Session/ (account-numbers.md §12.1): sends a code; again for the same recipient, it is sent again. */
export const createVerifySession = defineCommand({
  name: 'create-verify-session',
  summary: 'Send a code to a number, as a message or by a call',
  tag: 'Verify',
  method: 'POST',
  path: 'Verify/Session/',
  parameters: Type.Object({
    recipient: text(32),
    app_uuid: Type.Optional(text(64)),
    channel: Type.Optional(Type.Union([Type.Literal('sms'), Type.Literal('voice')])),
    url: Type.Optional(url()),
    method: httpMethod(),
    locale: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$' })),
    brand_name: Type.Optional(text(64)),
    app_hash: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9+/]{11}$' })),
    // The .NET SDK sends 0 where its user gave none.
    code_length: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_CODE })),
    dtmf: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
    fraud_check: Type.Optional(Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])),
    otp: Type.Optional(Type.String({ pattern: '^[0-9]{4,8}$' })),
    src: Type.Optional(text(20)),
  }),
  refusals: ['destination_barred', 'concurrency_limit', 'insufficient_credit'],
  replies: {
    202: Type.Object({ api_id: apiId(), message: Type.String(), session_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given, requesterIp, idempotencyKey }, { verifySessions }) {
    const codeLength = given.code_length === 0 ? undefined : given.code_length;
    if (codeLength !== undefined && codeLength < SHORTEST_CODE) {
      throw invalidParameter(
        'code_length',
        `code_length parameter is invalid: at least ${SHORTEST_CODE}, at most ${LONGEST_CODE}`,
      );
    }
    const parsed = parseDestination(given.recipient);
    if (!parsed.ok) {
      throw invalidParameter(
        'recipient',
        'recipient parameter is invalid: a number in E.164 form such as +14155551234 is expected',
      );
    }
    const sessionId = await verifySessions.begin(scope, {
      recipient: parsed.number,
      appId: given.app_uuid,
      channel: given.channel,
      locale: given.locale,
      callback: given.url === undefined ? undefined : { url: given.url, method: given.method ?? 'POST' },
      brandName: given.brand_name,
      appHash: given.app_hash,
      codeLength,
      dtmf: given.dtmf,
      fraudCheck: given.fraud_check,
      otp: given.otp,
      src: given.src,
      requesterIp,
      idempotencyKey,
    });
    return { status: 202, body: { message: 'Session initiated', session_uuid: sessionId } };
  },
});
