import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { changed, flag, text } from '../fields.ts';
import { incomingCarrierOf, readIpSet } from './incoming-carrier-object.ts';

/** POST IncomingCarrier/{carrier_id}/: `ip_set` is replaced as a whole, what is not sent stays. */
export const updateIncomingCarrier = defineCommand({
  name: 'update-incoming-carrier',
  summary: 'Change a carrier of your own',
  tag: 'IncomingCarrier',
  method: 'POST',
  path: 'IncomingCarrier/{carrier_id}/',
  audience: 'main',
  parameters: Type.Object({
    carrier_id: Type.String(),
    name: Type.Optional(text()),
    ip_set: Type.Optional(text(4096)),
    sms: flag(),
    voice: flag(),
  }),
  replies: { 202: changed },
  async run({ scope, parameters: { carrier_id, ip_set, ...change } }, { incomingCarriers }) {
    const { carrierId } = await incomingCarrierOf(scope, carrier_id, incomingCarriers);
    const found = await incomingCarriers.update(scope.account.authId, carrierId, {
      ...change,
      ...(ip_set !== undefined && { ipSet: readIpSet(ip_set) }),
    });
    if (!found) throw notFound();
    return { status: 202, body: { message: 'changed' } };
  },
});
