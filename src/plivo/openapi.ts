import type { TSchema } from 'typebox';
import { errorCatalogue } from '../errors/catalogue.ts';
import type { AnyCommand } from './command.ts';

const ERROR_SCHEMA = {
  type: 'object',
  required: ['api_id', 'error', 'error_code'],
  properties: {
    api_id: { type: 'string', format: 'uuid' },
    error: { type: 'string' },
    error_code: { type: 'string', enum: Object.keys(errorCatalogue) },
  },
};

const REASONS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
  204: 'Deleted',
  207: 'Some parts failed',
};

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 description of the commands, made of the schemas that validate them. */
export function openApiDocument(commands: readonly AnyCommand[], publicUrl: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const add = (path: string, method: string, described: Json) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  };
  for (const command of commands) {
    const path = `/v1/Account/{auth_id}/${command.path}`;
    add(path, command.method, operation(command, path));
    // The first is documented; others are what SDKs make of it by mistake.
    const [alias] = command.aliases ?? [];
    if (alias !== undefined) add(alias, command.method, { ...operation(command, alias), operationId: `${command.name}-alias` });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Ringdown', version: '1', description: 'The Plivo API as this server speaks it.' },
    servers: [{ url: publicUrl }],
    security: [{ basic: [] }],
    paths,
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic', description: 'Auth ID and Auth Token' } },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}

function contentTypesOf({ multipart }: AnyCommand): readonly string[] {
  if (!multipart) return ['application/json'];
  return multipart.orJson ? ['multipart/form-data', 'application/json'] : ['multipart/form-data'];
}

function operation(command: AnyCommand, path: string): Json {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  const fields = Object.entries<TSchema>(command.parameters.properties).filter(([name]) => !inPath.has(name));
  const required = new Set<string>(command.parameters.required ?? []);
  const inQuery = command.method !== 'POST' && command.method !== 'PATCH';
  const whole = fields.find(([name]) => name === command.wholeBody)?.[1];
  const body = {
    type: 'object',
    properties: {
      ...Object.fromEntries(fields),
      ...(command.multipart ? { file: { type: 'array', items: { type: 'string', format: 'binary' } } } : {}),
    },
    required: fields.map(([name]) => name).filter((name) => required.has(name)),
  };
  return {
    operationId: command.name,
    summary: command.summary,
    tags: [command.tag],
    parameters: [
      ...[...inPath].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...(inQuery ? fields.map(([name, schema]) => ({ name, in: 'query', required: required.has(name), schema })) : []),
    ],
    ...(inQuery
      ? {}
      : {
          requestBody: {
            required: body.required.length > 0 || command.multipart !== undefined,
            content: Object.fromEntries(contentTypesOf(command).map((type) => [type, { schema: whole ?? body }])),
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(command.replies).map(([status, schema]) => [
          status,
          {
            description: REASONS[Number(status)] ?? 'Reply',
            ...(status === '204' ? {} : { content: { 'application/json': { schema } } }),
          },
        ]),
      ),
      '4XX': { description: 'Refused', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
      '5XX': { description: 'Fault', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  };
}
