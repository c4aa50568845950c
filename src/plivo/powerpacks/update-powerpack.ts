import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { withPriorities } from '../../messaging/powerpacks/powerpack.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { nameTaken } from './create-powerpack.ts';
import { powerpackObject, powerpackOf, showPowerpack } from './powerpack-object.ts';
import { powerpackParameters, readPowerpack } from './powerpack-parameters.ts';

/** POST Powerpack/{powerpack_uuid}/: what is not given stays; priorities that are not named stay too. */
export const updatePowerpack = defineCommand({
  name: 'update-powerpack',
  summary: 'Change a Powerpack',
  tag: 'Powerpack',
  method: 'POST',
  path: 'Powerpack/{powerpack_uuid}/',
  parameters: Type.Object({ powerpack_uuid: idInPath(), name: Type.Optional(text()), ...powerpackParameters }),
  replies: { 200: Type.Object({ api_id: apiId(), ...powerpackObject }) },
  async run({ scope, parameters }, { powerpacks, powerpackDirectory, applications, phlos }) {
    const current = await powerpackOf(scope, parameters.powerpack_uuid, powerpacks);
    const { priorities, ...given } = await readPowerpack(scope, parameters, { applications, phlos });
    const isFree = await powerpacks.update(current.powerpackId, {
      ...given,
      ...(parameters.name !== undefined && { name: parameters.name }),
      ...(priorities && { priorities: withPriorities(current.priorities, priorities) }),
    });
    powerpackDirectory.invalidate(current.powerpackId);
    const changed = await powerpackOf(scope, current.powerpackId, powerpacks);
    if (!isFree) throw parameters.name === undefined ? notFound() : nameTaken(parameters.name);
    return { status: 200, body: showPowerpack(scope, changed) };
  },
});
