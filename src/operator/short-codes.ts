import type { FastifyInstance } from 'fastify';
import { invalidParameter } from '../errors/catalogue.ts';
import { bodyOf, textOf } from './body.ts';

/** Where the operator puts short codes into pools; number pools implement it. */
export interface PoolDesk {
  /** `not_found` for an unknown pool or a number that its account does not have; `conflict` for a short code of another pool. */
  addShortCode(poolId: string, shortCode: string): Promise<void>;
}

/** POST /ringdown/v1/number-pools/{uuid}/shortcodes `{shortcode}`: the API has no request for it (messaging.md §8). */
export function registerShortCodes(operator: FastifyInstance, pools: PoolDesk): void {
  operator.post<{ Params: { uuid: string } }>('/number-pools/:uuid/shortcodes', async (request, reply) => {
    const shortCode = textOf(bodyOf(request.body), 'shortcode');
    if (!/^\d{3,6}$/.test(shortCode))
      throw invalidParameter('shortcode', 'shortcode parameter is invalid: 3 to 6 digits are expected');
    await pools.addShortCode(request.params.uuid, shortCode);
    return reply.code(201).send({ api_id: request.id, message: 'created' });
  });
}
