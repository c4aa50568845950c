import type { TSchema } from 'typebox';
import { type Json, jsonOf } from './wire-form.ts';

/** A reply as it is promised: what its schema does not name is not in it. */
export function strictReply(schema: TSchema): Json {
  return strict(jsonOf(schema));
}

function strict(facts: Json): Json {
  const { '~unsafe': _unsafe, ...kept } = facts;
  if (Array.isArray(facts.anyOf)) return { ...kept, anyOf: facts.anyOf.map((choice) => strict(jsonOf(choice))) };
  if (facts.type === 'array') return { ...kept, items: strict(jsonOf(facts.items)) };
  if (facts.type !== 'object' || facts.properties === undefined) return kept;
  const properties = Object.entries(jsonOf(facts.properties));
  return {
    ...kept,
    properties: Object.fromEntries(properties.map(([name, property]) => [name, strict(jsonOf(property))])),
    additionalProperties: false,
  };
}
