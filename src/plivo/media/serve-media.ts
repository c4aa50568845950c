import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Problem } from '../../errors/catalogue.ts';
import { OPAQUE_TYPE } from '../../messaging/media-type.ts';
import { serveContent } from '../serve-content.ts';
import type { Services } from '../services.ts';

/** Public paths of media; `mediaUrl` of the domain makes URLs of them. */
const PATHS = [
  '/v1/media/Account/:auth_id/Media/:media_id',
  '/v1/media/Account/:auth_id/Message/:message_uuid/Media/:media_id',
] as const;

/**
 * The content of media, for carriers and customers' applications: no authentication, because the random id is the secret
 * (messaging.md §4).
 */
export function serveMedia(http: FastifyInstance, { media }: Pick<Services, 'media'>): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const path: Readonly<Record<string, string>> = Object.assign({}, request.params);
    const found = await media.findContent(path.auth_id ?? '', path.message_uuid, path.media_id ?? '');
    if (!found) throw notFound();
    const { mediaId, size, contentType, fileName } = found.media;
    return serveContent(request, reply, {
      id: mediaId,
      size,
      contentType,
      fileName,
      isAttachment: contentType === OPAQUE_TYPE,
      open: found.open,
    });
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
