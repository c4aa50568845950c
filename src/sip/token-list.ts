import type { SipHeaders } from './headers.ts';
import { isToken } from './scan.ts';

export type TokenListName = 'Allow' | 'Supported' | 'Require' | 'Proxy-Require' | 'Unsupported' | 'Allow-Events' | 'Recv-Info';

/**
 * The tokens of `Allow`, `Supported`, `Require` and their like as written, each once, in order. What is no token is left out. Option
 * tags are compared without regard to case, methods and events with it (RFC 3261 §7.3.1, §7.1).
 */
export const tokenList = (headers: SipHeaders, name: TokenListName): readonly string[] => [
  ...new Set(headers.all(name).filter(isToken)),
];
