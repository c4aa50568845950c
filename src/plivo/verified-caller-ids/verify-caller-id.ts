import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { parseDestination } from '../../messaging/phone-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { requestedOwner } from '../ownership.ts';
import { aliasField } from './verified-caller-object.ts';

/** POST VerifiedCallerId/ (voice-api.md §11): sends a code to the number. */
export const verifyCallerId = defineVoiceCommand({
  name: 'verify-caller-id',
  summary: 'Send a code to a number that calls are to show as caller',
  tag: 'VerifiedCallerId',
  method: 'POST',
  path: 'VerifiedCallerId/',
  parameters: Type.Object({
    phone_number: text(32),
    alias: aliasField(),
    channel: Type.Optional(Type.Union([Type.Literal('sms'), Type.Literal('call')])),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    subaccount: Type.Optional(text(20)),
  }),
  refusals: ['forbidden', 'destination_barred', 'concurrency_limit', 'insufficient_credit'],
  replies: {
    201: Type.Object({ api_id: apiId(), message: Type.String(), verification_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given, requesterIp, idempotencyKey }, { verifiedCallers, directory }) {
    const parsed = parseDestination(given.phone_number);
    if (!parsed.ok) {
      throw invalidParameter(
        'phone_number',
        'phone_number parameter is invalid: a number in E.164 form such as +14155551234 is expected',
      );
    }
    const owner = await requestedOwner(scope, given.subaccount, directory);
    const verificationId = await verifiedCallers.begin(scope, {
      number: parsed.number,
      alias: given.alias ?? '',
      channel: given.channel ?? 'sms',
      country: given.country?.toUpperCase() ?? parsed.number.countryIso2 ?? '',
      subaccountId: owner === undefined ? (scope.subaccount?.authId ?? null) : owner,
      requesterIp,
      idempotencyKey,
    });
    return {
      status: 201,
      body: {
        message: `Verification code is sent to number +${parsed.number.digits} which is valid for 15 minutes`,
        verification_uuid: verificationId,
      },
    };
  },
});
