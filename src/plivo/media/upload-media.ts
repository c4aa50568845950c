import { Type } from 'typebox';
import { missingParameter } from '../../errors/catalogue.ts';
import { MAX_UPLOAD_BYTES, MAX_UPLOAD_FILES, mediaOwnerOf } from '../../messaging/media.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { renderUpload, uploadObject } from './media-object.ts';

const refusedBody = Type.Object({
  api_id: apiId(),
  error: Type.String(),
  error_code: Type.Literal('invalid_parameter'),
  objects: Type.Array(uploadObject),
});
const replyBody = Type.Object({ api_id: apiId(), objects: Type.Array(uploadObject) });

/**
 * POST Media/ (messaging.md §6): parts named `file`. 201 when all are stored, 207 when some are, 400 when none is; each object says
 * what became of its file. The body cannot be stored for later, so `callback_url` makes nothing asynchronous here.
 */
export const uploadMedia = defineCommand({
  name: 'upload-media',
  summary: 'Upload files for MMS',
  tag: 'Media',
  method: 'POST',
  path: 'Media/',
  multipart: { files: MAX_UPLOAD_FILES, fileBytes: MAX_UPLOAD_BYTES, required: true },
  ownsCallbackUrl: true,
  parameters: Type.Object({}),
  replies: { 201: replyBody, 207: replyBody, 400: refusedBody },
  async run({ scope, files }, { media, publicUrl }) {
    const wanted = files.filter((file) => file.fieldName === 'file');
    if (wanted.length === 0) throw missingParameter('file');
    const outcomes = await media.upload(mediaOwnerOf(scope), wanted);
    const objects = outcomes.map((outcome) => renderUpload(publicUrl, outcome));
    const stored = outcomes.filter((outcome) => outcome.kind === 'stored').length;
    if (stored > 0) return { status: stored === outcomes.length ? 201 : 207, body: { objects } };
    const reasons = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.message] : []));
    const error = `file parameter is invalid: ${reasons[0] ?? 'no file can be stored'}`;
    return { status: 400, body: { error, error_code: 'invalid_parameter', objects } };
  },
});
