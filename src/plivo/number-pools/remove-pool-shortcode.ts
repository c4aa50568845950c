import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool } from './pool-object.ts';

/** DELETE NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/: it stays with the account whatever the request says. */
export const removePoolShortcode = defineCommand({
  name: 'remove-pool-shortcode',
  summary: 'Take a short code out of a pool',
  tag: 'NumberPool',
  method: 'DELETE',
  path: 'NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), shortcode: Type.String() }),
  replies: { 200: Type.Object({ api_id: apiId(), response: Type.Literal('success') }) },
  async run({ scope, parameters }, { powerpacks, numberPools }) {
    const powerpack = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    await numberPools.remove(powerpack, 'shortcode', digitsOfPath(parameters.shortcode), false);
    return { status: 200, body: { response: 'success' } };
  },
});
