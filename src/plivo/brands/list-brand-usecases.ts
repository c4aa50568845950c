import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderUsecase } from './brand-object.ts';

/** GET 10dlc/Brand/{brand_id}/usecases/ (compliance.md §3.2). */
export const listBrandUsecases = defineCommand({
  name: 'list-brand-usecases',
  summary: 'What campaigns of a brand may be for',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Brand/{brand_id}/usecases/',
  parameters: Type.Object({ brand_id: idInPath() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      brand_id: Type.String(),
      use_cases: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), details: Type.String() })),
    }),
  },
  async run({ scope, parameters }, { compliance }) {
    const brand = await compliance.brands.get(scope, parameters.brand_id);
    return { status: 200, body: { brand_id: brand.id, use_cases: compliance.brands.usecasesOf(brand).map(renderUsecase) } };
  },
});
