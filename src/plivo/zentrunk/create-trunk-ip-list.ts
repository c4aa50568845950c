import { Type } from 'typebox';
import { newOwned, readIpAddresses } from '../../trunking/trunking.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { trunkName } from './trunk-parameters.ts';

/** More than telephone systems of one account have addresses. */
const MAX_ADDRESSES = 100;

/** POST Zentrunk/IPAccessControlList/ */
export const createTrunkIpList = defineCommand({
  name: 'create-trunk-ip-list',
  summary: 'Create a list of addresses that a telephone system may call from',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/IPAccessControlList/',
  parameters: Type.Object({
    name: trunkName(),
    ip_addresses: Type.Array(Type.String({ maxLength: 50 }), { minItems: 1, maxItems: MAX_ADDRESSES }),
  }),
  replies: {
    201: Type.Object({ api_id: apiId(), message: Type.String(), ipacl_uuid: Type.String({ format: 'uuid' }) }),
  },
  async run({ scope, parameters: given, now, idempotencyKey }, { trunking, ids }) {
    const ipListId = idempotencyKey ?? ids.uuid();
    await trunking.store.ipLists.insert({
      ...newOwned(scope, given.name, now),
      ipListId,
      addresses: readIpAddresses(given.ip_addresses),
    });
    return { status: 201, body: { message: 'IP access control list created successfully.', ipacl_uuid: ipListId } };
  },
});
