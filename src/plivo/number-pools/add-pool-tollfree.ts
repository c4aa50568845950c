import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, flag, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool, poolNumberObject, poolService, readService, showPoolNumber } from './pool-object.ts';

/** POST NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/ (messaging.md §8): `rent` buys it first when the account does not have it. */
export const addPoolTollfree = defineCommand({
  name: 'add-pool-tollfree',
  summary: 'Add a toll-free number to a pool',
  tag: 'NumberPool',
  method: 'POST',
  path: 'NumberPool/{number_pool_uuid}/Tollfree/{tollfree}/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), tollfree: Type.String(), service: poolService(), rent: flag() }),
  refusals: ['forbidden', 'insufficient_credit'],
  replies: { 200: Type.Object({ api_id: apiId(), ...poolNumberObject }) },
  async run({ scope, parameters, now, idempotencyKey }, { powerpacks, numberPools }) {
    const powerpack = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const added = await numberPools.add(scope, powerpack, {
      number: digitsOfPath(parameters.tollfree),
      list: 'tollfree',
      service: readService(parameters.service) ?? 'sms',
      rent: parameters.rent ?? false,
      idempotencyKey,
      at: new Date(now),
    });
    return { status: 200, body: showPoolNumber(scope, added, 'tollfree', undefined) };
  },
});
