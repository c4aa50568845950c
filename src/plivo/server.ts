import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem } from '../errors/catalogue.ts';
import { type AsyncRequests, readCallback } from './async-request.ts';
import { authenticate } from './auth.ts';
import { FormBody, notAnObject, parseJsonBody, parseQuery } from './body.ts';
import { answerSdkReports } from './browser/sdk-reports.ts';
import type { AnyCommand, RawParameters, Reply } from './command.ts';
import { serveDocuments } from './compliance-documents/serve-document.ts';
import { renderError, toProblem } from './errors.ts';
import type { Forwarding } from './forwarding.ts';
import { serveMedia } from './media/serve-media.ts';
import { type ReadMultipart, registerMultipart, type Upload } from './multipart.ts';
import { openApiDocument } from './openapi.ts';
import { PathTemplates } from './path-templates.ts';
import { limitByMinute, limitRequests } from './rate-limit.ts';
import { serveRecordings } from './recordings/serve-recording.ts';
import type { Services } from './services.ts';

/** 1000 destinations and a 4096-character text in JSON escapes stay below 64 KiB; a WhatsApp template may be larger. */
const MAX_BODY_BYTES = 256 * 1024;
/** Whole request, head and body: a client that dribbles is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s after which SDK connection pools drop idle connections themselves. */
const KEEP_ALIVE_MS = 72_000;
/** Names in paths have up to 255 characters, each of up to twelve when it is percent-encoded. */
const MAX_PATH_PARAMETER = 4096;

/** Verbs that have a route for every path of the API. */
const ROUTED_VERBS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route runs, for those who watch replies. */
    readonly command?: AnyCommand;
  }
}

/** The HTTP door: routing, authentication, limits and envelope of every command in `commands`. */
export function createServer(
  commands: readonly AnyCommand[],
  services: Services,
  asyncRequests: AsyncRequests,
  forwarding: Forwarding,
): FastifyInstance {
  const http = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    return503OnClosing: true,
    routerOptions: {
      maxParamLength: MAX_PATH_PARAMETER,
      querystringParser: parseQuery,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
    },
    genReqId: () => services.ids.uuid(),
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    clientErrorHandler(error, socket) {
      // The request could not be parsed as HTTP at all: answer in the API's form and close.
      if (!socket.writable) return;
      const problem =
        'code' in error && error.code === 'HPE_HEADER_OVERFLOW' ? 'the request head is too large' : 'malformed HTTP request';
      const { body } = renderError(new Problem('malformed_request', problem), services.ids.uuid());
      const text = JSON.stringify(body);
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      );
    },
  });

  http.removeAllContentTypeParsers();
  const bodyReaders = {
    'application/json': parseJsonBody,
    'application/x-www-form-urlencoded': (bytes: Buffer) => (bytes.length === 0 ? {} : new FormBody(bytes)),
  };
  for (const [type, read] of Object.entries(bodyReaders)) {
    http.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        done(null, read(Buffer.from(body)));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
  const readMultipart = registerMultipart(http);
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(null, {});
    done(new Problem('unsupported_media_type', 'Content-Type application/json is expected'));
  });

  const templates = new PathTemplates();
  const sendError = (given: unknown, request: FastifyRequest, reply: FastifyReply) => {
    let error = asProblem(given);
    // Verbs that no route has, such as TRACE, end here for every path, and QUERY before a route is looked for.
    const allowed = ROUTED_VERBS.some((verb) => verb === request.method) ? undefined : templates.verbsOf(request.url);
    if (allowed) {
      reply.header('allow', allowed.join(', '));
      error = new Problem('method_not_allowed', 'method not allowed');
    }
    const rendered = renderError(toProblem(error, request.id, services.log), request.id);
    return reply.code(rendered.status).headers(rendered.headers).send(rendered.body);
  };
  http.setErrorHandler(sendError);
  http.setNotFoundHandler((request, reply) => sendError(new Problem('not_found', 'not found'), request, reply));

  const standIns = commands.filter(({ standsIn }) => standsIn !== undefined);
  const verbs = new Map<string, Set<string>>();
  for (const command of commands) {
    for (const url of routesOf(command)) {
      http.route({
        method: command.method,
        url,
        config: { command },
        handler: (request, reply) => handle(command, request, reply),
      });
      verbs.set(url, (verbs.get(url) ?? new Set()).add(command.method));
    }
  }
  for (const [url, known] of verbs) {
    templates.add(url, [...known]);
    // HEAD is answered where GET is.
    const others = ROUTED_VERBS.filter((verb) => !known.has(verb) && !(verb === 'HEAD' && known.has('GET')));
    http.route({
      method: others,
      url,
      handler: (request, reply) => {
        reply.header('allow', [...known].join(', '));
        return sendError(new Problem('method_not_allowed', 'method not allowed'), request, reply);
      },
    });
  }
  serveMedia(http, services);
  serveRecordings(http, services);
  serveDocuments(http, services);
  answerSdkReports(http);
  forwarding.listen(http, commands, services);
  let document: ReturnType<typeof openApiDocument> | undefined;
  http.get('/openapi.json', (_request, reply) => {
    document ??= openApiDocument(commands, services.publicUrl);
    return reply.send(document);
  });
  return http;

  /** What a request means on the host that it was sent to. */
  function meant(command: AnyCommand, { headers }: FastifyRequest): AnyCommand {
    const host = String(headers['x-forwarded-host'] ?? headers.host ?? '').replace(/:\d+$/, '');
    return standIns.find(({ standsIn }) => standsIn?.for === command.name && standsIn.onHost === host) ?? command;
  }

  async function handle(named: AnyCommand, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const command = meant(named, request);
    const path: Readonly<Record<string, string>> = Object.assign({}, request.params);
    const scope = await authenticate(services.directory, request.headers.authorization, path.auth_id);
    await limitRequests(services.limiter, scope, command.rateBucket);
    await limitByMinute(services.limiter, scope, command.perMinute);
    if (command.audience === 'main' && !scope.byMainAccount) {
      throw new Problem('forbidden', 'this request needs the credentials of the main account');
    }
    const upload = await readUpload(command, request, readMultipart);
    const raw = mergeParameters(command, request, path, upload?.fields);
    const run = command.prepare(raw);
    const callback = command.ownsCallbackUrl ? undefined : readCallback(raw);
    if (callback) {
      const origin = { apiId: request.id, ip: request.ip };
      return send(reply, request.id, await asyncRequests.accept(command, scope, raw, callback, origin));
    }
    const call = {
      scope,
      apiId: request.id,
      requesterIp: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      files: upload?.files ?? [],
      now: services.clock.now(),
      idempotencyKey: undefined,
    };
    const result = await forwarding.serve(command, raw, call, services, () => run(call, services));
    return send(reply, request.id, result);
  }
}

/** Fields and files of a command that takes them; undefined when its parameters are in a JSON body. */
async function readUpload(
  { multipart }: AnyCommand,
  request: FastifyRequest,
  readMultipart: ReadMultipart,
): Promise<Upload | undefined> {
  if (request.body instanceof FormBody) {
    if (!multipart) throw new Problem('unsupported_media_type', 'Content-Type application/json is expected');
    return { fields: request.body.fields, files: [] };
  }
  return multipart && (request.isMultipart() || !multipart.orJson) ? await readMultipart(request, multipart) : undefined;
}

function send(reply: FastifyReply, apiId: string, { status, body }: Reply): FastifyReply {
  // 204 carries the type as well: the Ruby SDK reads an empty body without it as a string (sdks.md §1.10).
  reply.code(status).header('content-type', 'application/json; charset=utf-8');
  return status === 204 ? reply.send() : reply.send(JSON.stringify({ api_id: apiId, ...body }));
}

/** Body wins over query (account-numbers.md §2, DELETE args), the path wins over both. */
function mergeParameters(
  command: AnyCommand,
  request: FastifyRequest,
  path: Readonly<Record<string, string>>,
  fields: RawParameters | undefined,
): RawParameters {
  const query = typeof request.query === 'object' ? request.query : undefined;
  let body = typeof request.body === 'object' && !(request.body instanceof FormBody) ? request.body : undefined;
  if (Array.isArray(body)) {
    if (command.arrayBody === undefined) throw notAnObject();
    body = { [command.arrayBody]: body };
  }
  if (command.wholeBody !== undefined) return { [command.wholeBody]: { ...query, ...body }, ...path };
  return { ...query, ...body, ...fields, ...path };
}

/** Templates with `{name}` become router paths; an alias is a complete path of its own. */
function routesOf(command: AnyCommand): readonly string[] {
  const paths = [`/v1/Account/{auth_id}/${command.path}`, ...(command.aliases ?? [])];
  return paths.map((path) => path.replace(/\/$/, '').replaceAll(/\{(\w+)\}/g, ':$1'));
}

/** What the framework itself throws before a handler runs, in the catalogue's terms. */
function asProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('payload_too_large', `the body is larger than ${MAX_BODY_BYTES} bytes`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported_media_type', 'Content-Type application/json is expected');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_BAD_URL':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new Problem('malformed_request', 'the request could not be read to its end');
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE': // QUERY for a path that there is not
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('not_found', 'not found');
    default:
      return error;
  }
}
