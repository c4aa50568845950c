import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { numberObject, showNumber } from './number-object.ts';
import { digitsOfPath } from './number-parameters.ts';

/** GET Number/{number}/ */
export const getNumber = defineCommand({
  name: 'get-number',
  summary: 'Details of a number of the account',
  tag: 'Number',
  method: 'GET',
  path: 'Number/{number}/',
  parameters: Type.Object({ number: Type.String() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...numberObject }) },
  async run({ scope, parameters }, { numbers }) {
    const found = await numbers.findWithin(reachOf(scope), digitsOfPath(parameters.number));
    if (!found) throw notFound();
    return { status: 200, body: showNumber(scope, found) };
  },
});
