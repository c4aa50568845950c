import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Type } from 'typebox';
import { Problem } from '../errors/catalogue.ts';
import { parameterReader } from './parameters.ts';

const read = parameterReader(
  Type.Object({
    name: Type.Optional(Type.String({ maxLength: 5 })),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
    rate: Type.Optional(Type.Number()),
    flag: Type.Optional(Type.Boolean()),
    list: Type.Optional(Type.Array(Type.String(), { maxItems: 3 })),
    thing: Type.Optional(Type.Object({}, { additionalProperties: true })),
    method: Type.Optional(Type.Union([Type.Literal('GET'), Type.Literal('POST')])),
    either: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
  }),
);

function refusal(raw: Record<string, unknown>, reader: (raw: Record<string, unknown>) => unknown = read): string {
  try {
    reader(raw);
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'invalid_parameter', String(error));
    return error.message;
  }
  return 'taken';
}

describe('what is taken', () => {
  const taken: readonly [string, unknown, unknown][] = [
    ['name', 'abc', 'abc'],
    ['name', 12, '12'],
    ['name', true, 'true'],
    ['count', 7, 7],
    ['count', '7', 7],
    ['count', '+7', 7],
    ['count', 7.0, 7],
    ['rate', '2.50', 2.5],
    ['rate', '-3', -3],
    ['rate', 0.25, 0.25],
    ['flag', true, true],
    ['flag', false, false],
    ['flag', 'true', true],
    ['flag', 'True', true],
    ['flag', 'TRUE', true],
    ['flag', '1', true],
    ['flag', 1, true],
    ['flag', 'false', false],
    ['flag', 'False', false],
    ['flag', 'FALSE', false],
    ['flag', '0', false],
    ['flag', 0, false],
    ['list', ['a', 'b'], ['a', 'b']],
    ['list', [], []],
    ['list', 'a', ['a']],
    ['list', 'a, b,c', ['a', 'b', 'c']],
    ['thing', { a: { b: [1] } }, { a: { b: [1] } }],
    ['method', 'GET', 'GET'],
    ['either', false, false],
    ['either', 'content_only', 'content_only'],
  ];
  for (const [name, given, expected] of taken) {
    it(`${name}: ${JSON.stringify(given)}`, () => assert.deepEqual(read({ [name]: given }), { [name]: expected }));
  }

  it('absent, null and empty are all "not given"', () => {
    assert.deepEqual(read({}), {});
    for (const name of ['name', 'count', 'rate', 'flag', 'list', 'thing', 'method', 'either']) {
      assert.deepEqual(read({ [name]: null }), {});
      assert.deepEqual(read({ [name]: '' }), {});
      assert.deepEqual(read({ [name]: undefined }), {});
    }
  });

  it('unknown names are ignored', () => assert.deepEqual(read({ unknown: 1, search: 'hack' }), {}));
});

describe('what is refused, with the name of the parameter', () => {
  const refused: readonly [string, unknown, RegExp][] = [
    ['name', ['a'], /a string is expected/],
    ['name', {}, /a string is expected/],
    ['name', 'abcdef', /at most 5 characters/],
    ['name', 'a\u0000b', /no text/],
    ['name', '\ud83d', /no text/],
    ['count', 'seven', /an integer is expected/],
    ['count', '7.0', /an integer is expected/],
    ['count', '1e3', /an integer is expected/],
    ['count', ' 7', /an integer is expected/],
    ['count', 7.5, /an integer is expected/],
    ['count', true, /an integer is expected/],
    ['count', [7], /an integer is expected/],
    ['count', '9999999999999999', /an integer is expected/],
    ['count', 0, /at least 1, at most 20/],
    ['count', '21', /at least 1, at most 20/],
    ['rate', 'x', /a number is expected/],
    ['rate', '1e9', /a number is expected/],
    ['rate', Number.NaN, /a number is expected/],
    ['rate', Number.POSITIVE_INFINITY, /a number is expected/],
    ['flag', 'yes', /true or false is expected/],
    ['flag', 2, /true or false is expected/],
    ['flag', ['true'], /true or false is expected/],
    ['flag', {}, /true or false is expected/],
    ['list', ['a', 'b', 'c', 'd'], /at most 3 items/],
    ['list', [1], /an item of the array/],
    ['list', 7, /an item of the array/],
    ['list', ['a\u0000'], /no text/],
    ['thing', 'text', /an object is expected/],
    ['thing', [1], /an object is expected/],
    ['thing', { a: { 'k\u0000': 1 } }, /no text/],
    ['method', 'PUT', /one of GET, POST is expected/],
    ['method', 5, /one of GET, POST is expected/],
    ['either', 5, /wrong type/],
  ];
  for (const [name, given, expected] of refused) {
    it(`${name}: ${JSON.stringify(given)}`, () => {
      const message = refusal({ [name]: given });
      assert.match(message, expected);
      assert.ok(message.startsWith(`${name} parameter is invalid`), message);
    });
  }

  it('what is required and missing is named', () => {
    const strict = parameterReader(Type.Object({ src: Type.String() }));
    for (const raw of [{}, { src: '' }, { src: null }]) assert.equal(refusal(raw, strict), 'src parameter is missing');
  });

  it('what is nested deeper than any real parameter', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 10_000; level++) deep = { deep };
    assert.match(refusal({ thing: deep }), /nested too deeply/);
  });
});

it('whatever comes is taken or refused with a Problem', () => {
  const names = fc.constantFrom('name', 'count', 'rate', 'flag', 'list', 'thing', 'method', 'either', '__proto__', 'constructor');
  fc.assert(
    fc.property(fc.dictionary(names, fc.anything()), (raw) => void refusal(raw)),
    { numRuns: 500 },
  );
});
