import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound, Problem } from '../../errors/catalogue.ts';
import { authenticate } from '../auth.ts';
import { serveContent } from '../serve-content.ts';
import type { Services } from '../services.ts';

const TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav' } as const;

/**
 * Recordings, for whoever knows their URL (voice-api.md §9): the random id is the secret. An account may ask for its credentials, or
 * those of the subaccount that owns the recording, on top.
 */
export function serveRecordings(http: FastifyInstance, services: Pick<Services, 'recordings' | 'directory'>): void {
  const handler = (format: keyof typeof TYPES) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { auth_id: authId = '', recording_id: id = '' }: Readonly<Record<string, string>> = Object.assign({}, request.params);
    const found = await services.recordings.findContent(authId, id, format);
    if (!found) throw notFound();
    const { recording } = found;
    const account = await services.directory.find(recording.accountId);
    if (account?.settings.recordingAuth) {
      reply.header('www-authenticate', 'Basic realm="recordings"');
      await authenticate(services.directory, request.headers.authorization, authId);
      reply.removeHeader('www-authenticate');
    }
    return serveContent(request, reply, {
      id: recording.recordingId,
      size: recording.size,
      contentType: TYPES[format],
      fileName: `${recording.recordingId}.${format}`,
      isAttachment: false,
      open: found.open,
    });
  };
  for (const format of ['mp3', 'wav'] as const) {
    const url = `/v1/Account/:auth_id/Recording/:recording_id(^[0-9A-Fa-f-]{36}).${format}`;
    http.route({ method: ['GET', 'HEAD'], url, handler: handler(format) });
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
