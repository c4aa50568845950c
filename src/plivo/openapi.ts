import type { TSchema } from 'typebox';
import { type ErrorCode, errorCatalogue } from '../errors/catalogue.ts';
import { asyncParameters, asyncReply } from './async-request.ts';
import type { AnyCommand } from './command.ts';
import { strictReply } from './reply-schema.ts';
import { freeJson, type Json, jsonOf, wireForm } from './wire-form.ts';

const REASONS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
  204: 'Deleted',
  207: 'Some parts failed',
};

/** What any request can meet, whatever it asks for. */
const EVERYWHERE = [
  'invalid_parameter',
  'malformed_request',
  'authentication_failed',
  'not_found',
  'rate_limit_exceeded',
  'server_error',
  'unavailable',
] as const;
const WITH_A_BODY = ['payload_too_large', 'unsupported_media_type'] as const;

/** The errors that a command can answer with. */
export function refusalsOf(command: AnyCommand): readonly ErrorCode[] {
  return [
    ...EVERYWHERE,
    ...(isInQuery(command) ? [] : WITH_A_BODY),
    // Two requests that meet, or the state of a thing.
    ...(command.method === 'GET' ? [] : (['conflict'] as const)),
    ...(command.audience === 'main' ? (['forbidden'] as const) : []),
    ...(command.refusals ?? []),
  ];
}

const isInQuery = ({ method }: AnyCommand) => method !== 'POST' && method !== 'PATCH';

/** The OpenAPI 3.1 description of the commands, made of the schemas that validate them. */
export function openApiDocument(commands: readonly AnyCommand[], publicUrl: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const add = (path: string, method: string, described: Json) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  };
  for (const command of commands) {
    const path = `/v1/Account/{auth_id}/${command.path}`;
    add(path, command.method, operation(command, path, command.name));
    for (const [index, alias] of (command.aliases ?? []).entries()) {
      add(alias, command.method, operation(command, alias, `${command.name}-alias${index === 0 ? '' : index + 1}`));
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ringdown',
      version: '1',
      description:
        'The Plivo API as this server speaks it. Parameters are taken in every form in which the official SDKs write them: numbers and booleans as text, lists joined by commas, nothing as null or as an empty text.',
    },
    servers: [{ url: publicUrl }],
    security: [{ basic: [] }],
    paths,
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic', description: 'Auth ID and Auth Token' } },
      schemas: { Json: freeJson },
      responses: sharedRefusals(commands),
    },
  };
}

/** Auth ID of an account or subaccount. */
const AUTH_ID = { type: 'string', pattern: '^(MA|SA)[A-Z0-9]{18}$' };

function operation(command: AnyCommand, path: string, operationId: string): Json {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const fields = Object.entries<TSchema>(command.parameters.properties).filter(([name]) => !inPath.includes(name));
  const required = new Set<string>(command.parameters.required ?? []);
  const asynchronous = command.ownsCallbackUrl ? [] : Object.entries(asyncParameters(isInQuery(command) ? 'query' : 'json'));
  const inQuery = [
    ...fields.map(([name, schema]) => ({
      name,
      required: required.has(name),
      schema: wireForm(schema, required.has(name), 'query'),
    })),
    ...asynchronous.map(([name, schema]) => ({ name, required: false, schema })),
  ];
  return {
    operationId,
    summary: command.summary,
    tags: [command.tag],
    parameters: [
      ...inPath.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: name === 'auth_id' ? AUTH_ID : pathForm(command.parameters.properties[name]),
      })),
      ...(isInQuery(command) ? inQuery.map((parameter) => ({ ...parameter, in: 'query' })) : []),
    ],
    ...(isInQuery(command) ? {} : { requestBody: requestBody(command, fields, required, asynchronous) }),
    responses: { ...replies(command), ...refusals(command) },
  };
}

/** An empty part of a path is another path. */
function pathForm(schema: TSchema | undefined): Json {
  const form = schema === undefined ? { type: 'string' } : wireForm(schema, true, 'query');
  return form.type === 'string' ? { ...form, minLength: 1 } : form;
}

const FILE = { type: 'string', format: 'binary' };
const FILES = { anyOf: [FILE, { type: 'array', items: FILE }] };

function requestBody(
  command: AnyCommand,
  fields: readonly (readonly [string, TSchema])[],
  required: ReadonlySet<string>,
  asynchronous: readonly (readonly [string, Json])[],
): Json {
  const names = fields.map(([name]) => name).filter((name) => required.has(name));
  const bodyOf = (place: 'json' | 'form') => ({
    type: 'object',
    properties: {
      ...Object.fromEntries(fields.map(([name, schema]) => [name, wireForm(schema, required.has(name), place)])),
      ...Object.fromEntries(asynchronous),
      ...(place === 'form' && command.multipart ? { file: FILES } : {}),
    },
    required: [...names, ...(place === 'form' && command.multipart?.required ? ['file'] : [])],
  });
  const whole = command.wholeBody === undefined ? undefined : command.parameters.properties[command.wholeBody];
  const inJson = [
    whole ? wireForm(whole, true, 'json') : bodyOf('json'),
    // Without parameters, `null` and `""` are as good as `{}`.
    ...(names.length === 0 ? [{ enum: [null, ''] }] : []),
    ...(command.arrayBody === undefined ? [] : [jsonOf(command.parameters.properties[command.arrayBody])]),
  ];
  const isUpload = command.multipart !== undefined;
  return {
    required: names.length > 0 || (isUpload && !command.multipart?.orJson),
    content: {
      ...(isUpload ? { 'multipart/form-data': { schema: bodyOf('form') } } : {}),
      ...(isUpload && !command.multipart?.orJson
        ? {}
        : { 'application/json': { schema: inJson.length === 1 ? inJson[0] : { anyOf: inJson } } }),
    },
  };
}

/** The bodies of each status that a command can answer with; undefined where there is none. */
export function repliesOf(command: AnyCommand): ReadonlyMap<number, Json | undefined> {
  const refused = [...refusalsByStatus(command)].map(([status, codes]): [number, Json] => [status, errorSchema(codes)]);
  return new Map<number, Json | undefined>([...refused, ...successesOf(command)]);
}

function replies(command: AnyCommand): Json {
  return Object.fromEntries(
    [...successesOf(command)].map(([status, schema]) => [
      status,
      { description: REASONS[status] ?? 'Reply', ...(schema ? { content: { 'application/json': { schema } } } : {}) },
    ]),
  );
}

/** Replies that the command itself declares, and the one to an asynchronous request. */
function successesOf(command: AnyCommand): ReadonlyMap<number, Json | undefined> {
  const byStatus = new Map<number, Json[]>(
    Object.entries(command.replies).map(([status, schema]) => {
      // A refusal of a form of its own goes beside the usual one.
      const codes = refusalsByStatus(command).get(Number(status));
      return [Number(status), [strictReply(schema), ...(codes ? [errorSchema(codes)] : [])]];
    }),
  );
  if (!command.ownsCallbackUrl) {
    const status = command.asyncStatus ?? 202;
    byStatus.set(status, [...(byStatus.get(status) ?? []), strictReply(asyncReply)]);
  }
  return new Map(
    [...byStatus].map(([status, schemas]) => [
      status,
      status === 204 ? undefined : schemas.length === 1 ? schemas[0] : { anyOf: schemas },
    ]),
  );
}

/** The errors of a command by their status. */
function refusalsByStatus(command: AnyCommand): ReadonlyMap<number, readonly ErrorCode[]> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(refusalsOf(command))) {
    const { status } = errorCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function refusals(command: AnyCommand): Json {
  const entries = [...refusalsByStatus(command)].filter(([status]) => !(status in command.replies));
  return Object.fromEntries(entries.map(([status, codes]) => [status, { $ref: `#/components/responses/${nameOf(codes)}` }]));
}

const nameOf = (codes: readonly ErrorCode[]): string => codes.join('-or-');

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', required: true, schema: { type: 'integer', minimum: 1 } } };

function sharedRefusals(commands: readonly AnyCommand[]): Json {
  const entries = commands.flatMap((command) => [...refusalsByStatus(command)]);
  return Object.fromEntries(
    entries.map(([status, codes]) => [
      nameOf(codes),
      {
        description: codes.map((code) => errorCatalogue[code].meaning).join(' '),
        ...(status === 429 || status === 503 ? { headers: RETRY_AFTER } : {}),
        content: { 'application/json': { schema: errorSchema(codes) } },
      },
    ]),
  );
}

const errorSchema = (codes: readonly ErrorCode[]): Json => ({
  type: 'object',
  required: ['api_id', 'error', 'error_code'],
  properties: { api_id: { type: 'string', format: 'uuid' }, error: { type: 'string' }, error_code: { enum: codes } },
  additionalProperties: false,
});
