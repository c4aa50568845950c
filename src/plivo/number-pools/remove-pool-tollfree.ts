import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool } from './pool-object.ts';

/** DELETE NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/: it stays with the account, or is given up with `unrent`. */
export const removePoolTollfree = defineCommand({
  name: 'remove-pool-tollfree',
  summary: 'Take a toll-free number out of a pool',
  tag: 'NumberPool',
  method: 'DELETE',
  path: 'NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), tollfree: Type.String(), unrent: flag() }),
  refusals: ['forbidden'],
  replies: { 200: Type.Object({ api_id: apiId(), response: Type.Literal('success') }) },
  async run({ scope, parameters }, { powerpacks, numberPools }) {
    const powerpack = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    await numberPools.remove(powerpack, 'tollfree', digitsOfPath(parameters.tollfree), parameters.unrent ?? false);
    return { status: 200, body: { response: 'success' } };
  },
});
