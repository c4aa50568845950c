import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { digitsOf } from '../idempotent-id.ts';
import { readIpSet } from './incoming-carrier-object.ts';

const CARRIER_ID_DIGITS = 14;

/** POST IncomingCarrier/ (account-numbers.md §9). `sms` and `voice` say what its numbers are used for; voice alone unless given. */
export const createIncomingCarrier = defineCommand({
  name: 'create-incoming-carrier',
  summary: 'Add a carrier of your own',
  tag: 'IncomingCarrier',
  method: 'POST',
  path: 'IncomingCarrier/',
  audience: 'main',
  parameters: Type.Object({ name: text(), ip_set: text(4096), sms: flag(), voice: flag() }),
  replies: {
    201: Type.Object({ api_id: apiId(), carrier_id: Type.String(), message: Type.Literal('created') }),
  },
  async run({ scope, parameters, now, idempotencyKey }, { incomingCarriers, ids }) {
    const carrierId = idempotencyKey === undefined ? ids.digits(CARRIER_ID_DIGITS) : digitsOf(idempotencyKey, CARRIER_ID_DIGITS);
    await incomingCarriers.insert({
      carrierId,
      accountId: scope.account.authId,
      name: parameters.name,
      ipSet: readIpSet(parameters.ip_set),
      sms: parameters.sms ?? false,
      voice: parameters.voice ?? true,
      createdAt: new Date(now),
    });
    return { status: 201, body: { carrier_id: carrierId, message: 'created' } };
  },
});
