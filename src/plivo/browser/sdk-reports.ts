import type { FastifyInstance, FastifyReply } from 'fastify';

/** A batch of the SDK's log has some 20 kB (browser-sdk.md §8). */
const MAX_BODY_BYTES = 64 * 1024;
/** As long as browsers keep it at most; what is permitted never changes. */
const PREFLIGHT_SECONDS = '7200';

/** Where the SDK asks whether it may report figures of its calls: an empty answer says no, and it opens no socket for them. */
const VALIDATIONS = ['/v1/browser/validate', '/v1/browser/validate/jwt'] as const;
/** Where it sends its log. */
const LOGS = ['/collect/logs', '/collect/logs/jwt'] as const;

/**
 * The hosts besides SIP that the Browser SDK speaks to, for installations whose DNS leads their names here (browser-sdk.md §8). Nothing
 * that arrives is read or kept: the SDK sends passwords and its log along. Pages of every origin may ask.
 */
export function answerSdkReports(http: FastifyInstance): void {
  http.register(async (reports) => {
    reports.removeAllContentTypeParsers();
    reports.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, _body, done) => done(null));
    const allow = (reply: FastifyReply) => reply.header('access-control-allow-origin', '*');
    for (const url of [...VALIDATIONS, ...LOGS]) {
      reports.post(url, async (_request, reply) => allow(reply).code(200).send(''));
      reports.options(url, async (_request, reply) =>
        allow(reply)
          .header('access-control-allow-methods', 'POST')
          .header('access-control-allow-headers', 'content-type')
          .header('access-control-max-age', PREFLIGHT_SECONDS)
          .code(204)
          .send(),
      );
    }
  });
}
