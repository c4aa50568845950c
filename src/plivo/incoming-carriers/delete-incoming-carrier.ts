import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { incomingCarrierOf } from './incoming-carrier-object.ts';

/** DELETE IncomingCarrier/{carrier_id}/. Its numbers stay with the account. */
export const deleteIncomingCarrier = defineCommand({
  name: 'delete-incoming-carrier',
  summary: 'Remove a carrier of your own',
  tag: 'IncomingCarrier',
  method: 'DELETE',
  path: 'IncomingCarrier/{carrier_id}/',
  audience: 'main',
  parameters: Type.Object({ carrier_id: Type.String() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { incomingCarriers }) {
    const { carrierId } = await incomingCarrierOf(scope, parameters.carrier_id, incomingCarriers);
    if (!(await incomingCarriers.delete(scope.account.authId, carrierId))) throw notFound();
    return { status: 204 };
  },
});
