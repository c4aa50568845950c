import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import { Problem } from '../errors/catalogue.ts';
import type { AnyCommand } from './command.ts';
import { commands } from './commands.ts';
import { parameterReader } from './parameters.ts';
import { freeJson, type Json, jsonOf, wireForm } from './wire-form.ts';

/** Each parameter once: many commands share them. */
const parameters = new Map<string, { readonly command: AnyCommand; readonly name: string; readonly schema: TSchema }>();
for (const command of commands) {
  for (const [name, schema] of Object.entries<TSchema>(command.parameters.properties)) {
    parameters.set(`${name} ${isRequired(command, name)} ${JSON.stringify(schema)}`, { command, name, schema });
  }
}
function isRequired(command: AnyCommand, name: string): boolean {
  const required: readonly string[] = command.parameters.required ?? [];
  return required.includes(name);
}

const refusal = (read: (raw: Record<string, unknown>) => unknown, raw: Record<string, unknown>): string | undefined => {
  try {
    read(raw);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.message;
  }
};

const values = fc.oneof(
  fc.constantFrom(
    null,
    '',
    true,
    false,
    0,
    1,
    7,
    -1,
    1.5,
    1e300,
    12_345,
    '0',
    '1',
    '-5',
    '+7',
    '007',
    'true',
    'True',
    'yes',
    [],
    {},
    'a,b',
  ),
  fc.constantFrom(
    'http://a.b/c',
    ['http://a.b/c'],
    'https://a.b:8080?c#d',
    'http://my-app:65535/',
    'http://[',
    'http:///a',
    ['http://a.b/c', 'http://a.b:99999'],
    'http://1.2.3.256/',
    'US',
    'GET',
    '\u0000',
    ['\u0000'],
    { a: '\u0000' },
    'x'.repeat(300),
    '14155550100',
  ),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }),
  fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
);

describe('the described form of a parameter is the form that is taken', () => {
  for (const { command, name, schema } of parameters.values()) {
    it(`${command.name}: ${name}`, () => {
      const required = isRequired(command, name);
      const read = parameterReader(Type.Object({ [name]: schema }));
      const form = Compile(inlined(wireForm(schema, required, 'json')));
      fc.assert(
        fc.property(values, (value) => {
          const said = refusal(read, { [name]: value });
          assert.equal(form.Check(value), said === undefined, `${JSON.stringify(value)}: ${said ?? 'taken'}`);
        }),
        { numRuns: 60 },
      );
    });
  }
});

function inlined(form: Json): Record<string, unknown> {
  const text = JSON.stringify({ ...form, $defs: { Json: freeJson } });
  return { ...jsonOf(JSON.parse(text.replaceAll('#/components/schemas/Json', '#/$defs/Json'))) };
}
