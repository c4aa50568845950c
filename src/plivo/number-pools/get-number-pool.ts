import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { poolUri } from '../powerpacks/powerpack-object.ts';
import { ownerOfPool } from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/: where its three lists are (messaging.md §8). */
export const getNumberPool = defineCommand({
  name: 'get-number-pool',
  summary: 'The lists of a number pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/',
  parameters: Type.Object({ number_pool_uuid: idInPath() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      uuid: Type.String(),
      numbers: Type.String(),
      shortcodes: Type.String(),
      tollfree: Type.String(),
    }),
  },
  async run({ scope, parameters }, { powerpacks }) {
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const uri = poolUri(scope, poolId);
    return {
      status: 200,
      body: { uuid: poolId, numbers: `${uri}Number/`, shortcodes: `${uri}Shortcode/`, tollfree: `${uri}Tollfree/` },
    };
  },
});
