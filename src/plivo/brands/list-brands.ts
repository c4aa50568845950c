import { Type } from 'typebox';
import { brandStates } from '../../compliance/brand-machine.ts';
import { brandTypes } from '../../compliance/enums.ts';
import { listSchema, namedList, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { brandObject, renderBrand } from './brand-object.ts';

const type = () => Type.Optional(oneOf(brandTypes));
const status = () => Type.Optional(oneOf(brandStates));

/** GET 10dlc/Brand/ (compliance.md §3.2), newest first. The Go SDK writes its filters with capitals. */
export const listBrands = defineCommand({
  name: 'list-brands',
  summary: 'Brands of the account',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Brand/',
  parameters: Type.Object({
    type: type(),
    Type: type(),
    registration_status: status(),
    status: status(),
    Status: status(),
    ...pageParameters,
  }),
  replies: { 200: listSchema(brandObject, 'brands') },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const filter = {
      type: parameters.type ?? parameters.Type,
      status: parameters.registration_status ?? parameters.status ?? parameters.Status,
    };
    const { total, items } = await compliance.brands.list(scope, filter, page);
    return namedList(scope, '10dlc/Brand/', page, parameters, { total, items: items.map(renderBrand) }, { items: 'brands' });
  },
});
