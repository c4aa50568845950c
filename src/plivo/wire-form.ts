import type { TSchema } from 'typebox';
import { decimalPattern } from './decimal-pattern.ts';
import { INTEGER_BOUND, isPlainText } from './parameters.ts';

/**
 * The values that `parameterReader` takes for a parameter, as JSON Schema: numbers and booleans as text, lists joined by commas, nothing
 * as null or "" (sdks.md §1.5). What a parameter means is its TypeBox schema; how SDKs write it is added here, for the OpenAPI document.
 */

export type Json = Readonly<Record<string, unknown>>;

/** PostgreSQL text holds no U+0000: see `storable` in parameters.ts. */
const NO_NUL = '^[^\\u0000]*$';
const TRUTHS = ['true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0'];

/** Where a parameter is: null cannot be written in a query or in a form, and all of them are text there. */
export type Place = 'json' | 'query' | 'form';

export function wireForm(schema: TSchema, required: boolean, place: Place): Json {
  const facts = jsonOf(schema);
  const inJson = place === 'json';
  const nothing = required ? [] : inJson ? [null, ''] : [''];
  const choices = choicesOf(facts);
  if (choices) return { enum: [...choices, ...nothing] };
  switch (facts.type) {
    case 'string':
      return stringForm(facts, required, inJson);
    case 'integer':
      return integerForm(facts, nothing, inJson);
    case 'boolean':
      return { enum: [...(inJson ? [true, false, 1, 0] : []), ...TRUTHS, ...nothing] };
    case 'array':
      return arrayForm(facts, nothing, inJson);
    default: {
      const exact = required ? { ...withoutNul(facts), not: { enum: inJson ? [null, ''] : [''] } } : withoutNul(facts);
      return nothing.length === 0 ? exact : { anyOf: [exact, { enum: nothing }] };
    }
  }
}

function stringForm(facts: Json, required: boolean, inJson: boolean): Json {
  const written = withoutNul(facts);
  const isEmptyFit = !required && fits(facts, '');
  const text =
    required && (facts.minLength === undefined || facts.minLength === 0) && fits(facts, '')
      ? { ...written, minLength: 1 }
      : written;
  const others = [
    ...(inJson ? spelledOut(facts) : []),
    ...(required ? [] : [{ enum: [...(inJson ? [null] : []), ...(isEmptyFit ? [] : [''])] }]),
  ];
  const useful = others.filter((other) => !('enum' in other) || other.enum.length > 0);
  return useful.length === 0 ? text : { anyOf: [text, ...useful] };
}

type Other =
  | { readonly enum: readonly unknown[] }
  | { readonly type: 'number' }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number };

/** More digits than a number has. */
const LENGTHS = Array.from({ length: 16 }, (_, index) => index + 1);

/** The numbers and booleans that, written out, are such a string. */
function spelledOut(facts: Json): readonly Other[] {
  const words = [true, false].filter((word) => fits(facts, String(word)));
  const flags: Other[] = words.length > 0 ? [{ enum: words }] : [];
  if (isPlainText(facts)) return [{ type: 'number' }, ...flags];
  const above = wholeNumbers((digits) => fits(facts, digits));
  const below = wholeNumbers((digits) => fits(facts, `-${digits}`));
  if (above || below) {
    return [
      ...(above ? [{ type: 'integer' as const, minimum: fits(facts, '0') ? 0 : above.least, maximum: above.most }] : []),
      ...(below ? [{ type: 'integer' as const, minimum: -below.most, maximum: -below.least }] : []),
      ...flags,
    ];
  }
  const single = Array.from({ length: 10 }, (_, digit) => digit).filter((digit) => fits(facts, String(digit)));
  return single.length > 0 ? [{ enum: single }, ...flags] : flags;
}

/** The range of the numbers, above zero, whose digits will do; patterns of parameters care about how many there are. */
function wholeNumbers(willDo: (digits: string) => boolean): { readonly least: number; readonly most: number } | undefined {
  const lengths = LENGTHS.filter((length) => ['1', '2', '5', '9'].every((digit) => willDo(digit.repeat(length))));
  const [shortest, longest] = [lengths[0], lengths.at(-1)];
  if (shortest === undefined || longest === undefined) return undefined;
  return { least: 10 ** (shortest - 1), most: Math.min(10 ** longest - 1, Number.MAX_SAFE_INTEGER) };
}

function integerForm(facts: Json, nothing: readonly unknown[], inJson: boolean): Json {
  const minimum = Number(facts.minimum ?? -INTEGER_BOUND);
  const maximum = Number(facts.maximum ?? INTEGER_BOUND);
  return {
    anyOf: [
      ...(inJson ? [{ type: 'integer', minimum, maximum }] : []),
      { type: 'string', pattern: decimalPattern(minimum, maximum) },
      ...(nothing.length > 0 ? [{ enum: nothing }] : []),
    ],
  };
}

/** One item stands for an array of it; texts may be joined by commas. */
function arrayForm(facts: Json, nothing: readonly unknown[], inJson: boolean): Json {
  const item = jsonOf(facts.items);
  const array = withoutNul(facts);
  const most = Number(facts.maxItems ?? Number.POSITIVE_INFINITY);
  const alone = item.type === 'string' ? [joined(item, most)] : inJson && item.type === 'object' ? [withoutNul(item)] : [];
  const words = choicesOf(item)?.map(String);
  if (words) alone.push({ type: 'string', pattern: `^(${words.join('|')})(,(${words.join('|')})){0,${most - 1}}$` });
  if (item.type === undefined && !words) alone.push({ ...FREE, type: ['boolean', 'number', 'string', 'object'], minLength: 1 });
  return { anyOf: [array, ...alone, ...(nothing.length > 0 ? [{ enum: nothing }] : [])] };
}

function joined(item: Json, most: number): Json {
  const { pattern: given } = promised(item);
  const pattern = typeof given === 'string' ? given : NO_NUL;
  const one =
    pattern === NO_NUL
      ? `[^,\\u0000]{0,${item.maxLength ?? ''}}`
      : pattern.replace(/^\^|\$$/g, '').replaceAll('[^\\u0000-\\u0020', '[^,\\u0000-\\u0020');
  return {
    type: 'string',
    minLength: 1,
    pattern: `^[ ]*${one}[ ]*(,[ ]*${one}[ ]*)${Number.isFinite(most) ? `{0,${most - 1}}` : '*'}$`,
  };
}

/** The same schema with U+0000 ruled out in every text below it, and within the depth that is taken. */
function withoutNul(facts: Json): Json {
  const { '~unsafe': _unsafe, ...kept } = promised(facts);
  if (Array.isArray(facts.anyOf)) return { ...kept, anyOf: facts.anyOf.map((choice) => withoutNul(jsonOf(choice))) };
  switch (facts.type) {
    case 'string':
      return facts.pattern === undefined ? { ...kept, pattern: NO_NUL } : kept;
    case 'array':
      return { ...kept, items: withoutNul(jsonOf(facts.items)) };
    case 'object': {
      const properties = Object.entries(jsonOf(facts.properties));
      return {
        ...kept,
        properties: Object.fromEntries(properties.map(([name, property]) => [name, withoutNul(jsonOf(property))])),
        propertyNames: { pattern: NO_NUL },
        additionalProperties: FREE,
      };
    }
    case undefined:
      return 'const' in facts || 'enum' in facts ? kept : FREE;
    default:
      return kept;
  }
}

/** Any JSON value that can be stored. */
const FREE = { $ref: '#/components/schemas/Json' };

/** U+0000 has no place in it, not deep down either. */
export const freeJson = {
  anyOf: [
    { type: ['null', 'boolean', 'number'] },
    { type: 'string', pattern: NO_NUL },
    { type: 'array', items: FREE },
    { type: 'object', propertyNames: { pattern: NO_NUL }, additionalProperties: FREE },
  ],
};

/** Where more is taken than a pattern can say, `described` is the pattern of what is promised. */
function promised(facts: Json): Json {
  const { '~refine': _refine, described, ...kept } = facts;
  return described === undefined ? kept : { ...kept, pattern: described };
}

function choicesOf(facts: Json): readonly unknown[] | undefined {
  if (Array.isArray(facts.enum)) return facts.enum;
  if ('const' in facts) return [facts.const];
  if (!Array.isArray(facts.anyOf)) return undefined;
  const choices = facts.anyOf.map((choice) => choicesOf(jsonOf(choice)));
  return choices.every((choice) => choice !== undefined) ? choices.flat() : undefined;
}

function fits(facts: Json, text: string): boolean {
  const { minLength, maxLength, pattern } = facts;
  return (
    text.length >= Number(minLength ?? 0) &&
    text.length <= Number(maxLength ?? Number.POSITIVE_INFINITY) &&
    (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text))
  );
}

export const jsonOf = (given: unknown): Json => (typeof given === 'object' && given !== null ? { ...given } : {});
