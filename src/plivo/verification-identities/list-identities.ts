import { Type } from 'typebox';
import { listSchema } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { listMeta, pageParameters, readPage } from '../pagination.ts';
import { renderVerification, withAbsoluteLinks } from '../verification-addresses/verification-object.ts';
import { identityObject, SHOWN_IDENTITY_NAMES } from './identity-object.ts';

const PATH = 'Verification/Identity/';

/** GET Verification/Identity/ (compliance.md §11), newest first. */
export const listIdentities = defineCommand({
  name: 'list-identity-verifications',
  summary: 'Identities that are verified',
  tag: 'Verification',
  method: 'GET',
  path: PATH,
  parameters: Type.Object({ ...pageParameters }),
  replies: { 200: listSchema(Type.Object(identityObject)) },
  async run({ scope, parameters }, { compliance, publicUrl }) {
    const page = readPage(parameters);
    const { total, items } = await compliance.identities.list(scope, page);
    const meta = listMeta(scope, PATH, page, {}, total, page.offset + page.limit < total);
    const objects = items.map((item) => renderVerification(scope, publicUrl, PATH, SHOWN_IDENTITY_NAMES, item));
    return { status: 200, body: { meta: withAbsoluteLinks(publicUrl, meta), objects } };
  },
});
