import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors/catalogue.ts';
import type { MultipartLimits, RawParameters, UploadedFile } from './command.ts';

/** Text fields beside the files: a handful of short ones. */
const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 64 * 1024;

/** Teaches the server multipart bodies. Only commands that declare `multipart` read them. */
export function registerMultipart(http: FastifyInstance): void {
  http.register(multipart, { throwFileSizeLimit: false });
}

/** Files and fields of an upload. One file too large is marked, not refused: the others of the request may be good. */
export async function readMultipart(
  request: FastifyRequest,
  limits: MultipartLimits,
): Promise<{ fields: RawParameters; files: readonly UploadedFile[] }> {
  if (!request.isMultipart()) throw new Problem('unsupported_media_type', 'Content-Type multipart/form-data is expected');
  const fields: Record<string, string> = {};
  const files: UploadedFile[] = [];
  try {
    // One more than allowed is read, to tell "too many" from a broken body.
    const parts = request.parts({
      limits: { files: limits.files + 1, fileSize: limits.fileBytes, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
    });
    for await (const part of parts) {
      if (part.type === 'field') {
        if (typeof part.value === 'string' && part.fieldname !== '__proto__') fields[part.fieldname] = part.value;
        continue;
      }
      const bytes = await part.toBuffer();
      files.push({
        fieldName: part.fieldname,
        fileName: part.filename ?? '',
        contentType: part.mimetype,
        bytes,
        truncated: part.file.truncated,
      });
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('malformed_request', 'the multipart body could not be read', { cause: error });
  }
  if (files.length > limits.files)
    throw new Problem('invalid_parameter', `at most ${limits.files} files can be sent in one request`, { parameter: 'file' });
  return { fields, files };
}
