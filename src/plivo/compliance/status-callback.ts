import { Type } from 'typebox';
import type { StatusCallback } from '../../compliance/enums.ts';
import { httpMethod, url } from '../fields.ts';

/** Where an account wants to be told: `url` and `method` of 10DLC (compliance.md §6). */
export const statusCallbackParameters = { url: Type.Optional(url()), method: httpMethod() };

/** `callback_url` and `callback_method` of the rest. */
export const callbackParameters = { callback_url: Type.Optional(url()), callback_method: httpMethod() };

export function statusCallbackOf(
  url: string | undefined,
  method: StatusCallback['method'] | undefined,
): StatusCallback | undefined {
  return url === undefined ? undefined : { url, method: method ?? 'POST' };
}
