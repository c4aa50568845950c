import { Type } from 'typebox';
import { isWebAddress, MAX_WEB_ADDRESS, NO_BLANK, WEB_ADDRESS } from '../delivery/web-address.ts';

/** Parameter and reply fields that many commands share. */

export const httpMethod = () => Type.Optional(Type.Union([Type.Literal('GET'), Type.Literal('POST')]));
const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const PORT = '(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})';
const HOST_NAME = '([A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?\\.)*[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?';
/**
 * The URLs that the OpenAPI document promises to take. More are taken, in ways that a pattern cannot say: hosts in other scripts
 * and IPv6.
 */
export const DESCRIBED_URL = `^https?://([A-Za-z0-9._~-]+(:[A-Za-z0-9._~-]*)?@)?(${HOST_NAME}|${BYTE}(\\.${BYTE}){3})(:${PORT})?([/?#]${NO_BLANK}*)?$`;
/** Every parameter that is a URL of HTTP. */
export const url = () =>
  Type.Refine(
    Type.String({ maxLength: MAX_WEB_ADDRESS, pattern: WEB_ADDRESS, described: DESCRIBED_URL }),
    isWebAddress,
    (given) => (given.length > MAX_WEB_ADDRESS ? `at most ${MAX_WEB_ADDRESS} characters` : 'a URL is expected'),
  );
export const text = (maxLength = 255) => Type.String({ maxLength, pattern: '^[^\\u0000]*$' });
export const flag = () => Type.Optional(Type.Boolean());

/** An id in a path. What is no UUID names nothing: the lookup answers 404, not 400. */
export const idInPath = () => Type.String({ maxLength: 64 });

export const apiId = () => Type.String({ format: 'uuid' });
export const nullableString = () => Type.Union([Type.String(), Type.Null()]);

export const changed = Type.Object({ api_id: apiId(), message: Type.Literal('changed') });
export const noContent = Type.Object({});
