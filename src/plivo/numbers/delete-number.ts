import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { digitsOfPath } from './number-parameters.ts';

/** DELETE Number/{number}/: a rented number goes back on sale, one of the account's own vanishes. */
export const deleteNumber = defineCommand({
  name: 'delete-number',
  summary: 'Give a number up',
  tag: 'Number',
  method: 'DELETE',
  path: 'Number/{number}/',
  parameters: Type.Object({ number: Type.String() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { numbers, numberDirectory, powerpackDirectory }) {
    const found = await numbers.findWithin(reachOf(scope), digitsOfPath(parameters.number));
    if (!found) throw notFound();
    await numbers.release(scope.account.authId, found.number);
    numberDirectory.invalidate(found.number);
    powerpackDirectory.invalidateAll();
    return { status: 204 };
  },
});
