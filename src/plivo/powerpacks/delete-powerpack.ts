import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, idInPath } from '../fields.ts';
import { powerpackOf } from './powerpack-object.ts';

/** DELETE Powerpack/{powerpack_uuid}/: its numbers stay with the account, or are given up too with `unrent_numbers`. */
export const deletePowerpack = defineCommand({
  name: 'delete-powerpack',
  summary: 'Delete a Powerpack',
  tag: 'Powerpack',
  method: 'DELETE',
  path: 'Powerpack/{powerpack_uuid}/',
  parameters: Type.Object({ powerpack_uuid: idInPath(), unrent_numbers: flag() }),
  refusals: ['forbidden'],
  replies: { 200: Type.Object({ api_id: apiId(), response: Type.Literal('success') }) },
  async run({ scope, parameters }, { powerpacks, powerpackDirectory, numberPools }) {
    const found = await powerpackOf(scope, parameters.powerpack_uuid, powerpacks);
    // The numbers first: a request that is broken off can be made again.
    if (parameters.unrent_numbers) await numberPools.releaseAll(found);
    await powerpacks.delete(found.powerpackId);
    powerpackDirectory.invalidate(found.powerpackId);
    return { status: 200, body: { response: 'success' } };
  },
});
