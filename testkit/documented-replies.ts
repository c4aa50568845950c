import assert from 'node:assert/strict';
import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/schema';
import type { AnyCommand } from '../src/plivo/command.ts';
import { commands } from '../src/plivo/commands.ts';
import { repliesOf } from '../src/plivo/openapi.ts';

type Check = (body: unknown) => string | undefined;

const checks = new Map<string, ReadonlyMap<number, Check>>();

/**
 * Holds every reply of the API against the OpenAPI document: a status or a form that it does not promise becomes a 599, which no test
 * expects, with the reason as its body. So each test of a command is a test of its description too.
 */
export function expectDocumentedReplies(http: FastifyInstance): void {
  http.addHook('onSend', async (request, reply, payload) => {
    const { command } = request.routeOptions.config;
    if (!command) return payload;
    // On another host the path may be that of another command.
    const meant = commands.filter(({ standsIn }) => standsIn?.for === command.name);
    const said = typeof payload === 'string' && payload !== '' ? payload : '{}';
    const wrong = faultOf(command, reply.statusCode, said);
    if (wrong === undefined || meant.some((other) => faultOf(other, reply.statusCode, said) === undefined)) return payload;
    const text = `${command.name} answered ${reply.statusCode}, which is not documented so: ${wrong}\n${said}`;
    reply.code(599).removeHeader('content-length');
    return JSON.stringify({ api_id: request.id, error: text });
  });
}

function faultOf(command: AnyCommand, status: number, said: string): string | undefined {
  let known = checks.get(command.name);
  if (!known) {
    known = new Map([...repliesOf(command)].map(([each, schema]) => [each, checkOf(schema)]));
    checks.set(command.name, known);
  }
  const check = known.get(status);
  return check ? check(JSON.parse(said)) : 'this status is not in the document';
}

function checkOf(schema: Readonly<Record<string, unknown>> | undefined): Check {
  if (!schema) return () => undefined;
  const validator = Compile(schema);
  return (body) => {
    const [isGood, errors] = validator.Errors(body);
    assert.equal(typeof isGood, 'boolean');
    return isGood
      ? undefined
      : errors.map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`).join('; ');
  };
}
