import { Type } from 'typebox';
import { listSchema, namedList } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { letterObject, renderLetter } from './letter-object.ts';

const PATH = 'HostedMessagingNumber/LOA/';

/** GET HostedMessagingNumber/LOA/ (compliance.md §8), newest first. */
export const listLetters = defineCommand({
  name: 'list-letters-of-authorization',
  summary: 'Letters of authorization',
  tag: 'HostedMessagingNumber',
  method: 'GET',
  path: PATH,
  parameters: Type.Object({ alias: Type.Optional(text()), ...pageParameters }),
  replies: { 200: listSchema(Type.Object(letterObject), 'objects', 'meta_response') },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { total, items } = await compliance.letters.list(scope, parameters.alias, page);
    const shown = items.map(async (letter) =>
      renderLetter(scope, letter, await compliance.hostedNumbers.ofLetter(scope, letter.id)),
    );
    return namedList(scope, PATH, page, parameters, { total, items: await Promise.all(shown) }, { meta: 'meta_response' });
  },
});
