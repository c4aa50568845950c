import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { digitsOfPath } from '../numbers/number-parameters.ts';
import { ownerOfPool, poolService, poolShortcodeObject, readService, showPoolShortcode } from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/. The alias is the path of an SDK that appends its query with `&` (sdks.md §9). */
export const getPoolShortcode = defineCommand({
  name: 'get-pool-shortcode',
  summary: 'A short code of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/',
  aliases: ['/v1/Account/{auth_id}/NumberPool/{number_pool_uuid}/Shortcode/{shortcode}/&service={service}'],
  parameters: Type.Object({ number_pool_uuid: idInPath(), shortcode: Type.String(), service: poolService() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...poolShortcodeObject }) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const found = await numberPoolStore.find(poolId, 'shortcode', digitsOfPath(parameters.shortcode), service);
    if (!found) throw notFound();
    return { status: 200, body: showPoolShortcode(found, service) };
  },
});
