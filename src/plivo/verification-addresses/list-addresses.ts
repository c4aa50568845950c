import { Type } from 'typebox';
import { listSchema } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { listMeta, pageParameters, readPage } from '../pagination.ts';
import { addressObject, SHOWN_ADDRESS_NAMES } from './address-object.ts';
import { renderVerification, withAbsoluteLinks } from './verification-object.ts';

const PATH = 'Verification/Address/';

/** GET Verification/Address/ (compliance.md §11), newest first. */
export const listAddresses = defineCommand({
  name: 'list-address-verifications',
  summary: 'Addresses that are verified',
  tag: 'Verification',
  method: 'GET',
  path: PATH,
  parameters: Type.Object({ ...pageParameters }),
  replies: { 200: listSchema(Type.Object(addressObject)) },
  async run({ scope, parameters }, { compliance, publicUrl }) {
    const page = readPage(parameters);
    const { total, items } = await compliance.addresses.list(scope, page);
    const meta = listMeta(scope, PATH, page, {}, total, page.offset + page.limit < total);
    const objects = items.map((item) => renderVerification(scope, publicUrl, PATH, SHOWN_ADDRESS_NAMES, item));
    return { status: 200, body: { meta: withAbsoluteLinks(publicUrl, meta), objects } };
  },
});
