import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Problem } from '../../errors/catalogue.ts';
import { contentDisposition } from '../../messaging/file-name.ts';
import { OPAQUE_TYPE } from '../../messaging/media-type.ts';
import type { Services } from '../services.ts';
import { parseRange } from './byte-range.ts';

/** Public paths of media; `mediaUrl` of the domain makes URLs of them. */
const PATHS = [
  '/v1/media/Account/:auth_id/Media/:media_id',
  '/v1/media/Account/:auth_id/Message/:message_uuid/Media/:media_id',
] as const;

/** A reader that takes nothing for so long is gone; its file is closed. */
const STALLED_READER_MS = 30_000;

/**
 * The content of media, for carriers and customers' applications: no authentication, because the random id is the secret
 * (messaging.md §4). Served from the API's own origin, so a browser is told to believe the declared type, to run nothing and to
 * save what is not media; nothing is cached without asking again, since media can be deleted.
 */
export function serveMedia(http: FastifyInstance, { media }: Pick<Services, 'media'>): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const path: Readonly<Record<string, string>> = Object.assign({}, request.params);
    const found = await media.findContent(path.auth_id ?? '', path.message_uuid, path.media_id ?? '');
    if (!found) throw notFound();
    const { mediaId, size, contentType, fileName } = found.media;
    const tag = `"${mediaId}"`; // content never changes
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
    const blob = request.method === 'HEAD' ? undefined : await found.open(range);
    if (!blob && request.method !== 'HEAD') throw notFound(); // deleted a moment ago
    reply.headers({
      ...always,
      'content-type': contentType,
      'content-disposition': contentDisposition(contentType === OPAQUE_TYPE ? 'attachment' : 'inline', fileName),
      'content-length': range ? range.last - range.first + 1 : size,
      ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${size}` } : {}),
    });
    if (!blob) return reply.send();
    reply.raw.setTimeout(STALLED_READER_MS, () => reply.raw.destroy());
    return reply.code(range ? 206 : 200).send(blob.stream);
  };
  for (const url of PATHS) {
    http.route({ method: ['GET', 'HEAD'], url, handler });
    http.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: async (_request, reply) => {
        reply.header('allow', 'GET, HEAD');
        throw new Problem('method_not_allowed', 'method not allowed');
      },
    });
  }
}
