import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { trunkDirections } from '../../trunking/trunk.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, text } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { showTrunk, trunkObject } from './trunk-object.ts';

const id = () => Type.Optional(text(64));

/** GET Zentrunk/Trunk/: newest first. */
export const listTrunks = defineCommand({
  name: 'list-trunks',
  summary: 'Trunks, by status, direction and what they use',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Trunk/',
  parameters: Type.Object({
    ...pageParameters,
    trunk_status: Type.Optional(Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])),
    trunk_direction: Type.Optional(Type.Union(trunkDirections.map((direction) => Type.Literal(direction)))),
    secure: flag(),
    ipacl_uuid: id(),
    credential_uuid: id(),
    primary_uri_uuid: id(),
    fallback_uri_uuid: id(),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(trunkObject)) }) },
  async run({ scope, parameters }, { trunking }) {
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const where = {
      enabled: filters.trunk_status === undefined ? undefined : filters.trunk_status === 'enabled',
      direction: filters.trunk_direction,
      secure: filters.secure,
      ip_list_id: filters.ipacl_uuid?.toLowerCase(),
      credential_id: filters.credential_uuid?.toLowerCase(),
      primary_uri_id: filters.primary_uri_uuid?.toLowerCase(),
      fallback_uri_id: filters.fallback_uri_uuid?.toLowerCase(),
    };
    const found = await trunking.store.trunks.list(reachOf(scope), where, page);
    return listReply(scope, 'Zentrunk/Trunk/', page, filters, { total: found.total, items: found.items.map(showTrunk) });
  },
});
