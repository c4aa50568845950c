import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { reachOf } from '../../accounts/reach.ts';
import { notFound, Problem } from '../../errors/catalogue.ts';
import { authenticate } from '../auth.ts';
import { serveContent } from '../serve-content.ts';
import type { Services } from '../services.ts';

const URL = '/v1/Account/:auth_id/ComplianceDocument/:document_id/File';

/** Where the file of a document can be fetched from, with the credentials of its account. */
export const documentUrl = (publicUrl: string, authId: string, documentId: string): string =>
  `${publicUrl}/v1/Account/${authId}/ComplianceDocument/${documentId}/File`;

/** Files of documents: papers of people, so only with credentials. */
export function serveDocuments(
  http: FastifyInstance,
  { compliance, directory }: Pick<Services, 'compliance' | 'directory'>,
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const { auth_id: authId, document_id: id = '' }: Readonly<Record<string, string>> = Object.assign({}, request.params);
    const scope = await authenticate(directory, request.headers.authorization, authId);
    const document = await compliance.documents.store.findWithin(reachOf(scope), id);
    const file = document?.facts.fileId === undefined ? undefined : await compliance.files.store.find(document.facts.fileId);
    if (!file) throw notFound();
    return serveContent(request, reply, {
      id: file.fileId,
      size: file.size,
      contentType: file.contentType,
      fileName: file.fileName,
      isAttachment: true,
      open: (range) => compliance.files.open(file.fileId, range),
    });
  };
  http.route({ method: ['GET', 'HEAD'], url: URL, handler });
  http.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE'],
    url: URL,
    handler: async (_request, reply) => {
      reply.header('allow', 'GET, HEAD');
      throw new Problem('method_not_allowed', 'method not allowed');
    },
  });
}
