import { Type } from 'typebox';

/** Kinds of values in the configuration file, each with the words of its error. */

export const strict = { additionalProperties: false } as const;
export const optional = Type.Optional;

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  Type.Unsafe<Names[number]>(
    Type.Union(
      names.map((name) => Type.Literal(name)),
      { description: `one of ${names.join(', ')} is expected` },
    ),
  );

export const text = (maxLength = 255) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001f]*$',
    description: `text of 1 to ${maxLength} characters is expected`,
  });

export const secret = () =>
  Type.String({ pattern: '^[\\x21-\\x7e]{1,2048}$', description: 'characters without blanks are expected' });
