import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { brandObject, renderBrand } from './brand-object.ts';

/** GET 10dlc/Brand/{brand_id}/ (compliance.md §3.2). */
export const getBrand = defineCommand({
  name: 'get-brand',
  summary: 'One brand',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Brand/{brand_id}/',
  parameters: Type.Object({ brand_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), brand: brandObject }) },
  async run({ scope, parameters }, { compliance }) {
    return { status: 200, body: { brand: renderBrand(await compliance.brands.get(scope, parameters.brand_id)) } };
  },
});
