import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool } from './pool-object.ts';

/** DELETE NumberPool/{number_pool_uuid}/Number/{number}/: it stays with the account, or is given up with `unrent`. */
export const removePoolNumber = defineCommand({
  name: 'remove-pool-number',
  summary: 'Take a number out of a pool',
  tag: 'NumberPool',
  method: 'DELETE',
  path: 'NumberPool/{number_pool_uuid}/Number/{number}/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), number: Type.String(), unrent: flag() }),
  refusals: ['forbidden'],
  replies: { 200: Type.Object({ api_id: apiId(), response: Type.Literal('success') }) },
  async run({ scope, parameters }, { powerpacks, numberPools }) {
    const powerpack = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    await numberPools.remove(powerpack, 'number', digitsOfPath(parameters.number), parameters.unrent ?? false);
    return { status: 200, body: { response: 'success' } };
  },
});
