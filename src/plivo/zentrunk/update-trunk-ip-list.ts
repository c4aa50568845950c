import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { readIpAddresses } from '../../trunking/trunking.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { trunkName } from './trunk-parameters.ts';

/** More than telephone systems of one account have addresses. */
const MAX_ADDRESSES = 100;

/** POST Zentrunk/IPAccessControlList/{ipacl_uuid}/ */
export const updateTrunkIpList = defineCommand({
  name: 'update-trunk-ip-list',
  summary: 'Change a list of addresses that a telephone system may call from',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/IPAccessControlList/{ipacl_uuid}/',
  parameters: Type.Object({
    ipacl_uuid: idInPath(),
    name: trunkName(),
    ip_addresses: Type.Optional(Type.Array(Type.String({ maxLength: 50 }), { minItems: 1, maxItems: MAX_ADDRESSES })),
  }),
  replies: {
    202: Type.Object({ api_id: apiId(), message: Type.String(), ipacl_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given }, { trunking }) {
    const found = await trunking.store.ipLists.find(reachOf(scope), given.ipacl_uuid);
    if (!found) throw notFound();
    await trunking.store.ipLists.update({
      ...found,
      name: given.name ?? found.name,
      addresses: given.ip_addresses === undefined ? found.addresses : readIpAddresses(given.ip_addresses),
    });
    return { status: 202, body: { message: 'IP access control list updated successfully.', ipacl_uuid: found.ipListId } };
  },
});
