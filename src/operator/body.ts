import { invalidParameter } from '../errors/catalogue.ts';

export type Body = ReadonlyMap<string, unknown>;

/** The fields of a JSON body; none when it is no object. */
export const bodyOf = (body: unknown): Body => new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);

/** A text parameter; empty when it is absent. */
export function textOf(body: Body, name: string): string {
  const value = body.get(name);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed()) {
    throw invalidParameter(name, `${name} parameter is invalid: a string is expected`);
  }
  return value;
}
