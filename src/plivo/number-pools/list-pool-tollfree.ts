import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import {
  ownerOfPool,
  poolList,
  poolListReply,
  poolNumberObject,
  poolService,
  readService,
  showPoolNumber,
} from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/Tollfree/, newest first. */
export const listPoolTollfree = defineCommand({
  name: 'list-pool-tollfree',
  summary: 'Toll-free numbers of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Tollfree/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), service: poolService(), ...pageParameters }),
  replies: { 200: poolListReply(Type.Object(poolNumberObject)) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const page = readPage(parameters);
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const { total, items } = await numberPoolStore.list(poolId, 'tollfree', { service }, page);
    const shown = items.map((item) => showPoolNumber(scope, item, 'tollfree', service));
    return poolList(scope, `NumberPool/${poolId}/Tollfree/`, page, { service }, { total, items: shown });
  },
});
