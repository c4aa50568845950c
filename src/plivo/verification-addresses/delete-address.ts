import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Verification/Address/{address_id}/ (compliance.md §11). */
export const deleteAddress = defineCommand({
  name: 'delete-address-verification',
  summary: 'Delete an address',
  tag: 'Verification',
  method: 'DELETE',
  path: 'Verification/Address/{address_id}/',
  parameters: Type.Object({ address_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { compliance }) {
    await compliance.addresses.delete(scope, parameters.address_id);
    return { status: 204 };
  },
});
