import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors/catalogue.ts';
import type { MultipartLimits, RawParameters, UploadedFile } from './command.ts';

/** Text fields beside the files: a compliance document has 27. */
const MAX_FIELDS = 50;
const MAX_FIELD_BYTES = 64 * 1024;

/** Files are held in memory while they arrive: 16 uploads of ten files of 2 MB make 350 MB at the very most. */
const MAX_UPLOADS_AT_ONCE = 16;
const RETRY_AFTER_SECONDS = 1;

export interface Upload {
  readonly fields: RawParameters;
  readonly files: readonly UploadedFile[];
}

export type ReadMultipart = (request: FastifyRequest, limits: MultipartLimits) => Promise<Upload>;

/** Teaches the server multipart bodies. Only commands that declare `multipart` read them, with the function returned. */
export function registerMultipart(http: FastifyInstance): ReadMultipart {
  http.register(multipart, { throwFileSizeLimit: false });
  let reading = 0;
  return async (request, limits) => {
    if (!request.isMultipart()) throw new Problem('unsupported_media_type', 'Content-Type multipart/form-data is expected');
    if (reading >= MAX_UPLOADS_AT_ONCE) {
      throw new Problem('unavailable', 'too many uploads are under way, try again', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    reading++;
    try {
      return await read(request, limits);
    } finally {
      reading--;
    }
  };
}

/** Files and fields of an upload. One file too large is marked, not refused: the others of the request may be good. */
async function read(request: FastifyRequest, limits: MultipartLimits): Promise<Upload> {
  const fields: Record<string, string> = {};
  const files: UploadedFile[] = [];
  try {
    const parts = request.parts({
      limits: { files: limits.files, fileSize: limits.fileBytes, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
    });
    for await (const part of parts) {
      if (part.type === 'field') {
        const name = part.fieldname;
        if (name === '__proto__') continue;
        // A part that says it is JSON has been read already; it is taken as text like those that do not say so.
        if (typeof part.value === 'string') fields[name] = part.value;
        else if (typeof part.value === 'object' && part.value !== null) fields[name] = JSON.stringify(part.value);
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
    if (error instanceof Error && 'code' in error && error.code === 'FST_FILES_LIMIT') {
      const most = `file parameter is invalid: at most ${limits.files} files can be sent in one request`;
      throw new Problem('invalid_parameter', most, { parameter: 'file', cause: error });
    }
    throw new Problem('malformed_request', 'the multipart body could not be read', { cause: error });
  }
  return { fields, files };
}
