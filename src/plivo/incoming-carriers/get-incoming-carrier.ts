import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { incomingCarrierObject, incomingCarrierOf, showIncomingCarrier } from './incoming-carrier-object.ts';

/** GET IncomingCarrier/{carrier_id}/ */
export const getIncomingCarrier = defineCommand({
  name: 'get-incoming-carrier',
  summary: 'Details of a carrier of your own',
  tag: 'IncomingCarrier',
  method: 'GET',
  path: 'IncomingCarrier/{carrier_id}/',
  audience: 'main',
  parameters: Type.Object({ carrier_id: Type.String() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...incomingCarrierObject }) },
  async run({ scope, parameters }, { incomingCarriers }) {
    return {
      status: 200,
      body: showIncomingCarrier(scope, await incomingCarrierOf(scope, parameters.carrier_id, incomingCarriers)),
    };
  },
});
