import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Problem } from '../errors/catalogue.ts';
import { contentDisposition } from '../messaging/file-name.ts';
import type { ByteRange, OpenBlob } from '../storage/blobs.ts';
import { parseRange } from './media/byte-range.ts';

/** A reader that takes nothing for so long is gone; its file is closed. */
const STALLED_READER_MS = 30_000;

export interface Content {
  /** Names the content, which never changes. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  readonly fileName: string;
  /** Saved by a browser, not shown. */
  readonly isAttachment: boolean;
  open(range?: ByteRange): Promise<OpenBlob | undefined>;
}

/**
 * Answers GET and HEAD for a file, whole or in part (RFC 9110 §14). Served from the API's own origin, so a browser is told to believe
 * the declared type, to run nothing and to save what is not media; nothing is cached without asking again, since files can be deleted.
 */
export async function serveContent(request: FastifyRequest, reply: FastifyReply, content: Content): Promise<FastifyReply> {
  const { size } = content;
  const tag = `"${content.id}"`;
  const always = {
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    etag: tag,
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match']?.split(',').some((given) => given.trim().replace(/^W\//, '') === tag)) {
    return reply.code(304).headers(always).send();
  }
  const ifRange = request.headers['if-range'];
  const wantsRange = request.method === 'GET' && (ifRange === undefined || ifRange === tag);
  const range = wantsRange ? parseRange(request.headers.range, size) : undefined;
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`);
    throw new Problem('range_not_satisfiable', `the file has ${size} bytes`);
  }
  const blob = request.method === 'HEAD' ? undefined : await content.open(range);
  if (!blob && request.method !== 'HEAD') throw notFound(); // deleted a moment ago
  reply.headers({
    ...always,
    'content-type': content.contentType,
    'content-disposition': contentDisposition(content.isAttachment ? 'attachment' : 'inline', content.fileName),
    'content-length': range ? range.last - range.first + 1 : size,
    ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${size}` } : {}),
  });
  if (!blob) return reply.send();
  reply.raw.setTimeout(STALLED_READER_MS, () => reply.raw.destroy());
  return reply.code(range ? 206 : 200).send(blob.stream);
}
