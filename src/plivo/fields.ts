import { Type } from 'typebox';

/** Parameter and reply fields that many commands share. */

export const httpMethod = () => Type.Optional(Type.Union([Type.Literal('GET'), Type.Literal('POST')]));
/** Long enough for every URL in use; a database column and a log line stay bounded. */
const URL_LENGTH = 2048;
/** Anything but controls and white space, which is spelt out because dialects of regular expressions differ about `\s`. */
export const NO_BLANK = '[^\\u0000-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]';
export const url = () => Type.String({ maxLength: URL_LENGTH, pattern: `^https?://${NO_BLANK}+$` });
export const text = (maxLength = 255) => Type.String({ maxLength, pattern: '^[^\\u0000]*$' });
export const flag = () => Type.Optional(Type.Boolean());

/** An id in a path. What is no UUID names nothing: the lookup answers 404, not 400. */
export const idInPath = () => Type.String({ maxLength: 64 });

export const apiId = () => Type.String({ format: 'uuid' });
export const nullableString = () => Type.Union([Type.String(), Type.Null()]);

export const changed = Type.Object({ api_id: apiId(), message: Type.Literal('changed') });
export const noContent = Type.Object({});
