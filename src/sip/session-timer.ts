import { parseParameters } from './parameters.ts';
import { MAX_UINT32, parseDecimal, trimBlanks } from './scan.ts';

/** `Session-Expires` (RFC 4028 §4): the interval in seconds and who refreshes. */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher?: 'uac' | 'uas';
}

/** Undefined if malformed. */
export function parseSessionExpires(value: string): SessionExpires | undefined {
  const [seconds, parameters] = deltaSeconds(value);
  if (seconds === undefined) return undefined;
  const refresher = parameters?.get('refresher')?.toLowerCase();
  return refresher === 'uac' || refresher === 'uas' ? { seconds, refresher } : { seconds };
}

export const formatSessionExpires = ({ seconds, refresher }: SessionExpires): string =>
  refresher === undefined ? String(seconds) : `${seconds};refresher=${refresher}`;

/** `Min-SE` (RFC 4028 §5), also `Expires` and `Min-Expires` (RFC 3261 §20.19, §20.23): seconds, or undefined if malformed. */
export function parseDeltaSeconds(value: string): number | undefined {
  return deltaSeconds(value)[0];
}

/** `Retry-After` (RFC 3261 §20.33) in seconds, its comment and parameters left aside; undefined if malformed. */
export function parseRetryAfter(value: string): number | undefined {
  const match = /^([0-9]+)[ \t]*(?:[(;].*)?$/s.exec(value);
  return parseDecimal(match?.[1] ?? '', MAX_UINT32);
}

function deltaSeconds(value: string) {
  const semicolon = value.indexOf(';');
  const digits = trimBlanks(semicolon === -1 ? value : value.slice(0, semicolon));
  const parameters = parseParameters(semicolon === -1 ? '' : value.slice(semicolon));
  return [parameters && parseDecimal(digits, MAX_UINT32), parameters] as const;
}
