import type { SipHeaders } from './headers.ts';
import { isToken } from './scan.ts';

export type TokenListName = 'Allow' | 'Supported' | 'Require' | 'Proxy-Require' | 'Unsupported' | 'Allow-Events' | 'Recv-Info';

/**
 * The tokens of `Allow`, `Supported`, `Require` and their like, each once, in order. What is no token is left out. Option tags come in
 * lower case (they are compared so, RFC 3261 §7.3.1), methods and events as they are.
 */
export function tokenList(headers: SipHeaders, name: TokenListName): readonly string[] {
  const tokens = headers.all(name).filter(isToken);
  return [...new Set(OPTION_TAGS.has(name) ? tokens.map((token) => token.toLowerCase()) : tokens)];
}

const OPTION_TAGS: ReadonlySet<TokenListName> = new Set(['Supported', 'Require', 'Proxy-Require', 'Unsupported']);
