import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/** DELETE 10dlc/Brand/{brand_id}/ (compliance.md §3.2). */
export const deleteBrand = defineCommand({
  name: 'delete-brand',
  summary: 'Deactivate a brand without campaigns',
  tag: '10DLC',
  method: 'DELETE',
  path: '10dlc/Brand/{brand_id}/',
  parameters: Type.Object({ brand_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), brand_id: Type.String(), message: Type.String() }) },
  async run({ scope, parameters }, { compliance }) {
    await compliance.brands.deactivate(scope, parameters.brand_id);
    return { status: 200, body: { brand_id: parameters.brand_id, message: 'Brand Deactivated' } };
  },
});
