import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool, poolNumberObject, poolService, readService, showPoolNumber } from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/. The alias is the path of an SDK that appends its query with `&` (sdks.md §9). */
export const getPoolTollfree = defineCommand({
  name: 'get-pool-tollfree',
  summary: 'A toll-free number of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/',
  aliases: ['/v1/Account/{auth_id}/NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/&service={service}'],
  parameters: Type.Object({ number_pool_uuid: idInPath(), tollfree: Type.String(), service: poolService() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...poolNumberObject }) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const found = await numberPoolStore.find(poolId, 'tollfree', digitsOfPath(parameters.tollfree), service);
    if (!found) throw notFound();
    return { status: 200, body: showPoolNumber(scope, found, 'tollfree', service) };
  },
});
