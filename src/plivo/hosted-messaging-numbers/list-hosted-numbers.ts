import { Type } from 'typebox';
import { digitsOf } from '../campaign-numbers/campaign-number-object.ts';
import { listSchema, namedList } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { hostedNumberObject, renderHostedNumber } from './hosted-number-object.ts';

const PATH = 'HostedMessagingNumber/';

/** GET HostedMessagingNumber/ (compliance.md §8), newest first. */
export const listHostedNumbers = defineCommand({
  name: 'list-hosted-numbers',
  summary: 'Hosted numbers',
  tag: 'HostedMessagingNumber',
  method: 'GET',
  path: PATH,
  parameters: Type.Object({
    alias: Type.Optional(text()),
    hosted_status: Type.Optional(text(32)),
    number: Type.Optional(text(32)),
    loa_id: Type.Optional(text(64)),
    ...pageParameters,
  }),
  replies: { 200: listSchema(Type.Object(hostedNumberObject), 'objects', 'meta_response') },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { alias, hosted_status: status, loa_id: loaId } = parameters;
    const number = parameters.number === undefined ? undefined : digitsOf(parameters.number);
    const { total, items } = await compliance.hostedNumbers.list(scope, { alias, status, number, loaId }, page);
    const shown = items.map((hosted) => renderHostedNumber(scope, hosted));
    return namedList(scope, PATH, page, parameters, { total, items: shown }, { meta: 'meta_response' });
  },
});
