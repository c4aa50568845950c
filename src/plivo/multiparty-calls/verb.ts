import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { ElementUrl } from '../../voice/document.ts';

/** SDKs let these through in any case. */
export const verb = () => Type.Optional(Type.String({ pattern: '^([Gg][Ee][Tt]|[Pp][Oo][Ss][Tt])$' }));
export const fileFormat = () => Type.Optional(Type.String({ pattern: '^([Mm][Pp]3|[Ww][Aa][Vv])$' }));

export function readFileFormat(name: string, given: string | undefined): 'mp3' | 'wav' {
  const format = given?.toLowerCase() ?? 'mp3';
  if (format === 'mp3' || format === 'wav') return format;
  throw invalidParameter(name, `${name} parameter is invalid: one of mp3, wav is expected`);
}

/** A URL with its method; undefined when there is none. */
export function readTarget(
  target: string | undefined,
  methodName: string,
  method: string | undefined,
  byDefault: 'GET' | 'POST',
): ElementUrl | undefined {
  const used = method?.toUpperCase() ?? byDefault;
  if (used !== 'GET' && used !== 'POST') {
    throw invalidParameter(methodName, `${methodName} parameter is invalid: one of GET, POST is expected`);
  }
  return target === undefined ? undefined : { url: target, method: used };
}
