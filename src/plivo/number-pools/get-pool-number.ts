import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool, poolNumberObject, poolService, readService, showPoolNumber } from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/Number/{number}/. */
export const getPoolNumber = defineCommand({
  name: 'get-pool-number',
  summary: 'A number of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Number/{number}/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), number: Type.String(), service: poolService() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...poolNumberObject }) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const found = await numberPoolStore.find(poolId, 'number', digitsOfPath(parameters.number), service);
    if (!found) throw notFound();
    return { status: 200, body: showPoolNumber(scope, found, 'number', service) };
  },
});
