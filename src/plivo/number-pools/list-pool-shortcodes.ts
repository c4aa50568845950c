import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import {
  ownerOfPool,
  poolList,
  poolListReply,
  poolService,
  poolShortcodeObject,
  readService,
  showPoolShortcode,
} from './pool-object.ts';

/** GET NumberPool/{number_pool_uuid}/Shortcode/, newest first. */
export const listPoolShortcodes = defineCommand({
  name: 'list-pool-shortcodes',
  summary: 'Short codes of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Shortcode/',
  parameters: Type.Object({ number_pool_uuid: idInPath(), service: poolService(), ...pageParameters }),
  replies: { 200: poolListReply(Type.Object(poolShortcodeObject)) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const page = readPage(parameters);
    const { poolId } = await ownerOfPool(scope, parameters.number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const { total, items } = await numberPoolStore.list(poolId, 'shortcode', { service }, page);
    const shown = items.map((item) => showPoolShortcode(item, service));
    return poolList(scope, `NumberPool/${poolId}/Shortcode/`, page, { service }, { total, items: shown });
  },
});
