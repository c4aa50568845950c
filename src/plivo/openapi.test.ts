import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Compile } from 'typebox/schema';
import { commands } from './commands.ts';
import { openApiDocument, refusalsOf, repliesOf } from './openapi.ts';
import { type Json, jsonOf } from './wire-form.ts';

const document = openApiDocument(commands, 'http://127.0.0.1:7464');
const paths = jsonOf(document.paths);
const operationAt = (path: string, method: string): Json => jsonOf(jsonOf(paths[path])[method.toLowerCase()]);

describe('the OpenAPI document', () => {
  it('has every command under its path and its aliases, each with an id of its own', () => {
    const ids = new Set<unknown>();
    for (const command of commands) {
      for (const path of [`/v1/Account/{auth_id}/${command.path}`, ...(command.aliases ?? [])]) {
        const { operationId, parameters } = operationAt(path, command.method);
        assert.equal(typeof operationId, 'string', path);
        assert.ok(!ids.has(operationId), `${operationId} is there twice`);
        ids.add(operationId);
        assert.ok(Array.isArray(parameters));
        const named = parameters
          .filter((parameter) => jsonOf(parameter).in === 'path')
          .map((parameter) => jsonOf(parameter).name);
        assert.deepEqual(
          named,
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
        );
      }
    }
  });

  it('has each status that a command can answer with, and no other', () => {
    for (const command of commands) {
      const { responses } = operationAt(`/v1/Account/{auth_id}/${command.path}`, command.method);
      const statuses = Object.keys(jsonOf(responses)).map(Number);
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [...repliesOf(command).keys()].toSorted((a, b) => a - b),
        command.name,
      );
      for (const status of [401, 404, 429]) assert.ok(statuses.includes(status), `${command.name} ${status}`);
      assert.equal(
        statuses.includes(403),
        refusalsOf(command).some((code) => code === 'forbidden' || code === 'destination_barred'),
      );
      assert.equal(statuses.includes(415), command.method === 'POST' || command.method === 'PATCH', command.name);
    }
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(document);
    const components = jsonOf(document.components);
    for (const [, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)) {
      assert.ok(name in jsonOf(components[kind]), `${kind}/${name}`);
    }
  });

  it('promises replies without anything besides', () => {
    const command = commands.find(({ name }) => name === 'get-stream');
    const schema = command && repliesOf(command).get(200);
    assert.ok(schema);
    assert.equal(Compile({ ...schema }).Check({ api_id: 'x' }), false);
    assert.match(JSON.stringify(schema), /"additionalProperties":false/);
  });
});
