import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { invalidParameter, missingParameter, Problem } from '../errors/catalogue.ts';
import type { RawParameters } from './command.ts';

/**
 * Reads the loosely typed parameters that SDKs send (sdks.md §1.5: booleans and integers as strings, null and "" for absent)
 * into what the schema declares. Unknown names are ignored. Throws `invalid_parameter` with the name of the first that is wrong.
 */
export function parameterReader<Schema extends TObject>(schema: Schema): (raw: RawParameters) => Static<Schema> {
  // At the first use: most installations never call most commands.
  let validator: Validator<Record<never, never>, Schema> | undefined;
  const required = new Set<string>(schema.required ?? []);
  const fields = Object.entries<TSchema>(schema.properties).map(([name, property]) => ({
    name,
    type: typeOf(property),
    property,
    required: required.has(name),
  }));
  return (raw) => {
    const values: Record<string, unknown> = {};
    for (const { name, type, property, required } of fields) {
      const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
      if (given === undefined || given === null || given === '') {
        if (required) throw missingParameter(name);
        continue;
      }
      values[name] = coerce(name, type, given, property);
    }
    validator ??= Compile(schema);
    if (validator.Check(values)) return values;
    throw explain(fields, values);
  };
}

type FieldType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'any';

function typeOf(property: TSchema): FieldType {
  const type = 'type' in property ? property.type : undefined;
  switch (type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'array':
    case 'object':
      return type;
    default:
      return 'any';
  }
}

/** A WhatsApp template with cards has ten levels. */
const MAX_DEPTH = 20;

/** Whole numbers within this are exact in JSON and in the database. */
export const INTEGER_BOUND = 999_999_999_999_999;
const INTEGER = /^[+-]?0*[0-9]{1,15}$/;
const NUMBER = /^[+-]?\d{1,15}(\.\d{1,10})?$/;
const TRUE = new Set(['true', 'True', 'TRUE', '1']);
const FALSE = new Set(['false', 'False', 'FALSE', '0']);

function coerce(name: string, type: FieldType, given: unknown, property: TSchema): unknown {
  switch (type) {
    case 'string':
      if (typeof given === 'string') return storable(name, given);
      if (typeof given === 'boolean' || typeof given === 'number') return spellOut(name, given, property);
      throw invalidParameter(name, `${name} parameter is invalid: a string is expected`);
    case 'integer':
      if (typeof given === 'string' && INTEGER.test(given)) return Number(given);
      if (typeof given === 'number' && Number.isInteger(given) && Math.abs(given) <= INTEGER_BOUND) return given;
      throw invalidParameter(name, `${name} parameter is invalid: an integer is expected`);
    case 'number':
      if (typeof given === 'string' && NUMBER.test(given)) return Number(given);
      if (typeof given === 'number' && Number.isFinite(given)) return given;
      throw invalidParameter(name, `${name} parameter is invalid: a number is expected`);
    case 'boolean':
      if (typeof given === 'boolean') return given;
      if (typeof given === 'string' || typeof given === 'number') {
        if (TRUE.has(String(given))) return true;
        if (FALSE.has(String(given))) return false;
      }
      throw invalidParameter(name, `${name} parameter is invalid: true or false is expected`);
    case 'array':
      storableDeep(name, given);
      return Array.isArray(given) ? given : typeof given === 'string' ? given.split(',').map((item) => item.trim()) : [given];
    case 'object':
      storableDeep(name, given);
      if (typeof given === 'object' && !Array.isArray(given)) return given;
      throw invalidParameter(name, `${name} parameter is invalid: an object is expected`);
    case 'any':
      storableDeep(name, given);
      return given;
  }
}

/** A number sent for a text is its digits; a fraction only where any text will do: its form is not what a pattern is about. */
function spellOut(name: string, given: number | boolean, property: TSchema): string {
  if (typeof given === 'boolean' || isPlainText({ ...property }) || Number.isSafeInteger(given)) return String(given);
  throw invalidParameter(name, `${name} parameter is invalid: a string is expected`);
}

/** Any text, short of what cannot be stored, and long enough that every number fits. */
export function isPlainText({ pattern, minLength, maxLength }: Readonly<Record<string, unknown>>): boolean {
  const isAny = pattern === undefined || pattern === '^[^\\u0000]*$';
  return isAny && minLength === undefined && Number(maxLength ?? LONGEST_NUMBER) >= LONGEST_NUMBER;
}

/** `-1.2345678901234567e-123`. */
const LONGEST_NUMBER = 25;

/** PostgreSQL text holds neither U+0000 nor half a surrogate pair, and no handset shows them. */
function storable(name: string, given: string): string {
  if (given.includes('\u0000') || !given.isWellFormed()) {
    throw invalidParameter(name, `${name} parameter is invalid: it contains characters that are no text`);
  }
  return given;
}

/** The same for what hangs below an object or array, within a depth that no real parameter has. */
function storableDeep(name: string, given: unknown, depth = 0): void {
  if (typeof given === 'string') storable(name, given);
  if (typeof given !== 'object' || given === null) return;
  if (depth >= MAX_DEPTH) throw invalidParameter(name, `${name} parameter is invalid: it is nested too deeply`);
  for (const [key, value] of Object.entries(given)) {
    storable(name, key);
    storableDeep(name, value, depth + 1);
  }
}

/** What a schema asks for beyond its keywords; of several forms the first. */
function refinementOf(property: TSchema): Type.TRefinement | undefined {
  if (Type.IsRefine(property)) return property['~refine'][0];
  return Type.IsUnion(property) ? property.anyOf.map(refinementOf).find((refined) => refined !== undefined) : undefined;
}

interface Field {
  readonly name: string;
  readonly property: TSchema;
}

/** Finds the field that does not satisfy its own schema and says what it must look like. */
function explain(fields: readonly Field[], values: Record<string, unknown>): Problem {
  for (const { name, property } of fields) {
    if (!Object.hasOwn(values, name)) continue;
    if (!Compile(property).Check(values[name]))
      return invalidParameter(name, `${name} parameter is invalid: ${expectation(property, values[name])}`);
  }
  return new Problem('invalid_parameter', 'a parameter is invalid');
}

function expectation(property: TSchema, given: unknown): string {
  const facts: Record<string, unknown> = { ...property };
  const refined = refinementOf(property);
  if (refined) return refined.error(given);
  if (
    Array.isArray(given) &&
    given.length <= Number(facts.maxItems ?? given.length) &&
    given.length >= Number(facts.minItems ?? 0)
  ) {
    return 'an item of the array is not what is expected';
  }
  if (Array.isArray(facts.enum)) return `one of ${facts.enum.join(', ')} is expected`;
  if (Array.isArray(facts.anyOf)) {
    const choices = facts.anyOf.map((choice: { const?: unknown }) => choice.const).filter((value) => value !== undefined);
    if (choices.length > 0) return `one of ${choices.join(', ')} is expected`;
  }
  const limits = [
    facts.minimum !== undefined && `at least ${facts.minimum}`,
    facts.maximum !== undefined && `at most ${facts.maximum}`,
    facts.minLength !== undefined && `at least ${facts.minLength} characters`,
    facts.maxLength !== undefined && `at most ${facts.maxLength} characters`,
    facts.minItems !== undefined && `at least ${facts.minItems} items`,
    facts.maxItems !== undefined && `at most ${facts.maxItems} items`,
    facts.pattern !== undefined && `must match ${facts.pattern}`,
  ].filter((limit) => limit !== false);
  return limits.length > 0 ? limits.join(', ') : 'it has the wrong type';
}
