import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { powerpackObject, powerpackOf, showPowerpack } from './powerpack-object.ts';

/** GET Powerpack/{powerpack_uuid}/ */
export const getPowerpack = defineCommand({
  name: 'get-powerpack',
  summary: 'Details of a Powerpack',
  tag: 'Powerpack',
  method: 'GET',
  path: 'Powerpack/{powerpack_uuid}/',
  parameters: Type.Object({ powerpack_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...powerpackObject }) },
  async run({ scope, parameters }, { powerpacks }) {
    const found = await powerpackOf(scope, parameters.powerpack_uuid, powerpacks);
    return { status: 200, body: showPowerpack(scope, found) };
  },
});
