import { Type } from 'typebox';
import { MAX_FILE_BYTES } from '../../compliance/files.ts';
import { missingParameter } from '../../errors/catalogue.ts';
import { fileOf, makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { letterObject, renderLetter } from './letter-object.ts';

/** POST HostedMessagingNumber/LOA/ (compliance.md §8), multipart: `alias` and `file`. */
export const createLetter = defineCommand({
  name: 'create-letter-of-authorization',
  summary: 'Upload a letter of authorization',
  tag: 'HostedMessagingNumber',
  method: 'POST',
  path: 'HostedMessagingNumber/LOA/',
  multipart: { files: 1, fileBytes: MAX_FILE_BYTES, required: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({ alias: text() }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), ...letterObject }) },
  async run(call, { compliance }) {
    const file = fileOf(call.files);
    if (!file) throw missingParameter('file');
    const letter = await compliance.letters.create(makingOf(call), call.parameters.alias, file);
    return { status: 201, body: { message: 'created', ...renderLetter(call.scope, letter, []) } };
  },
});
